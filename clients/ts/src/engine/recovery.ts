/** Written-off debt that is paid back after all, and fees that are collected. */
import { refuse } from './error.js';
import { type Ledger, lowerDeficit, VIRTUAL_SHARES } from './ledger.js';
import { min, toU128, toU64 } from './math.js';

/** What repaying a record does. */
export interface RecoveryPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** (atoms) What the payer pays. */
    readonly paid: bigint;
    /** (atoms) The part that lowers the open deficit. */
    readonly toDeficit: bigint;
    /** (atoms) The part that goes to lenders of a wound-down bank. */
    readonly toLenders: bigint;
    /** (atoms) The part that refills insurance. */
    readonly toInsurance: bigint;
}

/** What collecting fees does. */
export interface CollectPlan {
    /** The books afterwards. */
    readonly ledger: Ledger;
    /** (atoms) For the fee owner. */
    readonly toProtocol: bigint;
    /** (atoms) For the insurance vault. */
    readonly toInsurance: bigint;
}

/** Repays up to `offer` of a `record`. Throws `NothingWrittenOff`, `ZeroAmount`. */
export function planRepayRecord(
    ledger: Ledger,
    offer: bigint,
    record: bigint,
    woundDown: boolean,
): RecoveryPlan {
    if (record === 0n) refuse('NothingWrittenOff');
    const paid = min(offer, record);
    if (paid === 0n) refuse('ZeroAmount');
    const toDeficit = min(paid, ledger.deficit);
    const rest = paid - toDeficit;
    const lendersFirst = woundDown && ledger.depositShares > VIRTUAL_SHARES;
    const toLenders = lendersFirst ? rest : 0n;
    const toInsurance = rest - toLenders;
    const after = {
        ...lowerDeficit(ledger, toDeficit),
        cash: toU64(ledger.cash + toDeficit + toLenders),
        recovered: toU128(ledger.recovered + toDeficit),
        lenderAssets: toU64(ledger.lenderAssets + toLenders),
        insurance: toU64(ledger.insurance + toInsurance),
    };
    return { ledger: after, paid, toDeficit, toLenders, toInsurance };
}

/** Adds `atoms` to the insurance vault. Throws `ZeroAmount`, `Overflow`. */
export function planFundInsurance(ledger: Ledger, atoms: bigint): Ledger {
    if (atoms === 0n) refuse('ZeroAmount');
    return { ...ledger, insurance: toU64(ledger.insurance + atoms) };
}

/** Moves both kinds of fees, insurance first, as far as cash goes. Throws `DeficitOpen`, `ZeroAmount`. */
export function planCollectFees(ledger: Ledger): CollectPlan {
    if (ledger.deficit > 0n) refuse('DeficitOpen', { deficit: ledger.deficit });
    const toInsurance = min(ledger.insuranceFees, ledger.cash);
    const toProtocol = min(ledger.protocolFees, ledger.cash - toInsurance);
    const insurance = toU64(ledger.insurance + toInsurance);
    if (toInsurance === 0n && toProtocol === 0n) refuse('ZeroAmount');
    const after = {
        ...ledger,
        cash: ledger.cash - toInsurance - toProtocol,
        insuranceFees: ledger.insuranceFees - toInsurance,
        protocolFees: ledger.protocolFees - toProtocol,
        insurance,
    };
    return { ledger: after, toProtocol, toInsurance };
}
