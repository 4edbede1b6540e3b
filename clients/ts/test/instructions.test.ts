/** Every instruction has the bytes and the accounts that the Rust client gives it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type BankKeys,
    createdMintAddress,
    deriveBankKeys,
    deriveMarketKeys,
    associatedTokenAddress,
    instructions as ix,
    type MarketKeys,
    obligationAddress,
    pushFeedAddress,
    PYTH_CORE,
    PYTH_CORE_COMPATIBLE,
    U128_MAX,
    U64_MAX,
    TOKEN_PROGRAM,
} from '@backstop/client';
import {
    getBankConfigDecoder,
    getMarketConfigDecoder,
    PauseKind,
} from '@backstop/client/generated';
import {
    type Address,
    createNoopSigner,
    getAddressDecoder,
    type Instruction,
    isSignerRole,
    isWritableRole,
} from '@solana/kit';
import { readVectors } from './support/vectors.js';

interface Expected {
    readonly name: string;
    readonly program: string;
    readonly accounts: readonly [string, boolean, boolean][];
    readonly data: string;
}

interface Keys {
    readonly market: MarketKeys;
    readonly bank: Omit<BankKeys, 'market'>;
    readonly other: Omit<BankKeys, 'market'>;
    readonly createdMint: string;
    readonly obligation: string;
    readonly tokenAccount: string;
    readonly sponsoredOracle: string;
    readonly sponsoredOracleCompatible: string;
}

const TOKEN_2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb' as Address;
const TOKEN = TOKEN_PROGRAM;

const [keys, ...expected] = readVectors('instructions') as unknown as [Keys, ...Expected[]];

function key(number: number): Address {
    return getAddressDecoder().decode(new Uint8Array(32).fill(number));
}

function signer(number: number): ReturnType<typeof createNoopSigner> {
    return createNoopSigner(key(number));
}

const market = await deriveMarketKeys(key(1), TOKEN_2022, key(2));
const bank = await deriveBankKeys(market, key(3), TOKEN, key(4));
const other = await deriveBankKeys(market, key(5), TOKEN_2022, key(6));
const bare = { ...bank, market: { ...market, oracle: undefined } };

const bankBytes = getBankConfigDecoder().fixedSize;
const bankConfig = getBankConfigDecoder().decode(
    Uint8Array.from({ length: bankBytes }, (_, at) => (at % 255) + 1),
);
const marketBytes = getMarketConfigDecoder().fixedSize;
const marketConfig = getMarketConfigDecoder().decode(
    Uint8Array.from({ length: marketBytes }, (_, at) => 255 - (at % 255)),
);

const party = { owner: signer(11), obligation: key(15), tokenAccount: key(13) };
const payer = { payer: signer(10), tokenAccount: key(13) };
const lists = [bank.bank, other.bank];

const built: Record<string, Instruction | Promise<Instruction>> = {
    createMarket: ix.createMarket(market, {
        payer: signer(10),
        admin: signer(11),
        mintAuthority: signer(12),
        config: marketConfig,
    }),
    createMarketWithMint: ix.createMarketWithMint(market, {
        payer: signer(10),
        admin: signer(11),
        supplyOwner: key(12),
        index: 258,
        decimals: 9,
        initialSupply: U64_MAX - 1n,
        config: marketConfig,
    }),
    updateMarket: ix.updateMarket(market.market, signer(11), marketConfig),
    applyMarketUpdate: ix.applyMarketUpdate(market.market),
    cancelMarketUpdate: ix.cancelMarketUpdate(market.market, signer(11)),
    proposeAdmin: ix.proposeAdmin(market.market, signer(11), key(12)),
    acceptAdmin: ix.acceptAdmin(market.market, signer(12)),
    pause: ix.pause(market.market, signer(11), PauseKind.WriteOff, 0x01020304),
    liftPause: ix.liftPause(market.market, signer(11), PauseKind.Issuance),
    createBank: ix.createBank(bank, {
        payer: signer(10),
        admin: signer(11),
        config: bankConfig,
    }),
    updateBank: ix.updateBank(bank, signer(11), bankConfig),
    applyBankUpdate: ix.applyBankUpdate(bank),
    cancelBankUpdate: ix.cancelBankUpdate(bank, signer(11)),
    fundInsurance: ix.fundInsurance(bank, signer(10), key(13), 1n << 40n),
    collectFees: ix.collectFees(bank, key(13)),
    refreshBanks: ix.refreshBanks([bank, other]),
    openObligation: ix.openObligation(market, signer(10), signer(11), 258),
    closeObligation: ix.closeObligation(signer(11), key(15), key(10)),
    deposit: ix.deposit(bank, party, {
        atoms: 1n << 41n,
        minShares: 1n << 100n,
        acceptDeficit: true,
    }),
    withdraw: ix.withdraw(bank, party, { shares: U128_MAX, minAtoms: 7n }, lists),
    borrow: ix.borrow(bank, party, 1n << 42n, lists),
    repay: ix.repay(bank, payer, key(15), 1n << 43n),
    liquidate: ix.liquidate(
        bank,
        other,
        {
            liquidator: signer(10),
            liquidatorObligation: key(14),
            liquidatorTokenAccount: key(13),
            obligation: key(15),
        },
        { maxRepay: U64_MAX, minShares: 1n << 90n },
        lists,
    ),
    createTokenAccount: ix.createTokenAccount(signer(10), key(11), {
        mint: key(3),
        tokenProgram: TOKEN,
    }),
    writeOff: ix.writeOff(bank, key(15), key(13), [key(16)]),
    writeOffBare: ix.writeOff(bare, key(15)),
    coverDeficit: ix.coverDeficit(bank),
    buyGovernance: ix.buyGovernance(
        bank,
        { buyer: signer(10), tokenAccount: key(13), governanceAccount: key(17) },
        1n << 44n,
        1n << 45n,
    ),
    closeAuction: ix.closeAuction(bank),
    socialiseDeficit: ix.socialiseDeficit(bank),
    repayWrittenOff: ix.repayWrittenOff(bank, payer, key(15), 1n << 46n),
    startBuyBack: ix.startBuyBack(bank),
    sellGovernance: ix.sellGovernance(
        bank,
        { seller: signer(10), governanceAccount: key(17), tokenAccount: key(13) },
        1n << 47n,
        1n << 48n,
    ),
    closeBuyBack: ix.closeBuyBack(bank),
};

function shown(name: string, instruction: Instruction): Expected {
    const accounts = (instruction.accounts ?? []).map(
        ({ address, role }): [string, boolean, boolean] => [
            address,
            isSignerRole(role),
            isWritableRole(role),
        ],
    );
    const data = Buffer.from(instruction.data ?? []).toString('hex');
    return { name, program: instruction.programAddress, accounts, data };
}

test('addresses are derived as the Rust client derives them', async () => {
    const { market: expectedMarket, bank: expectedBank, other: expectedOther } = keys;
    assert.deepEqual(market, expectedMarket);
    assert.deepEqual(bank, { ...expectedBank, market });
    assert.deepEqual(other, { ...expectedOther, market });
    assert.equal(await createdMintAddress(key(7), 258), keys.createdMint);
    assert.equal(await obligationAddress(market.market, key(7), 258), keys.obligation);
    assert.equal(await associatedTokenAddress(bank, key(7)), keys.tokenAccount);
    const feed = new Uint8Array(32).fill(9);
    assert.equal(await pushFeedAddress(PYTH_CORE, feed), keys.sponsoredOracle);
    const compatible = await pushFeedAddress(PYTH_CORE_COMPATIBLE, feed);
    assert.equal(compatible, keys.sponsoredOracleCompatible);
});

test('the Rust client has no instruction that this one lacks', () => {
    assert.deepEqual(expected.map(({ name }) => name).sort(), Object.keys(built).sort());
});

for (const instruction of expected) {
    test(`${instruction.name} has the Rust client's bytes and accounts`, async () => {
        const own = await built[instruction.name];
        assert.ok(own, 'it is not built here');
        assert.deepEqual(shown(instruction.name, own), instruction);
    });
}
