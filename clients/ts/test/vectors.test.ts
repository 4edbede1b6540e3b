/** The formulas agree with `backstop-engine`, to the atom and to the word of a refusal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as engine from '@backstop/client/engine';
import { answer, books, type Case, casesOf, type Shown } from './support/vectors.js';

type Input = Case['in'];

/** The arguments of a case are what the engine wrote: their shape is the vectors' own. */
function as<T>(value: Shown | undefined): T {
    return value as unknown as T;
}

const number = (value: Shown | undefined): bigint => as<bigint>(value);

function ledgerIn(input: Input): engine.Ledger {
    return books(input['ledger']);
}

const MATH: Record<string, (a: bigint, b: bigint, d: bigint) => bigint> = {
    mulDivDown: engine.mulDivDown,
    mulDivUp: engine.mulDivUp,
    mulShrDown64: (a, b) => engine.mulShrDown(a, b, 64n),
    mulShrUp64: (a, b) => engine.mulShrUp(a, b, 64n),
    mulShrDown96: (a, b) => engine.mulShrDown(a, b, 96n),
    mulShrUp96: (a, b) => engine.mulShrUp(a, b, 96n),
    divDown: (a, _, d) => engine.divDown(a, d),
    divUp: (a, _, d) => engine.divUp(a, d),
};

function shares(input: Input): bigint {
    const ledger = ledgerIn(input);
    switch (input['op']) {
        case 'grossValueDown':
            return engine.grossValueDown(ledger, number(input['shares']));
        case 'netValueDown':
            return engine.netValueDown(ledger, number(input['shares']));
        case 'sharesForNetDown':
            return engine.sharesForNetDown(ledger, number(input['atoms']));
        default:
            return engine.debtUp(ledger, number(input['debtShares']));
    }
}

function value(input: Input): bigint {
    const quote = as<engine.Quote>(input['quote']);
    const reading = as<engine.Reading>(input['reading']);
    switch (input['op']) {
        case 'valueDown':
            return engine.valueDown(quote, number(input['atoms']), reading);
        case 'valueUp':
            return engine.valueUp(quote, number(input['atoms']), reading);
        case 'atomsUp':
            return engine.atomsUp(quote, number(input['value']));
        default:
            return engine.atomsDown(quote, number(input['value']));
    }
}

function health(input: Input): unknown {
    const check = as<engine.Check>(input['check']);
    let sums = engine.NO_SUMS;
    const positions = as<{ asset: engine.Asset; atoms: bigint; debt: boolean }[]>(
        input['positions'],
    );
    for (const { asset, atoms, debt } of positions) {
        const add = debt ? engine.addDebt : engine.addCollateral;
        sums = add(sums, check, asset, atoms);
    }
    return {
        sums,
        healthy: engine.isHealthy(sums),
        underwater: engine.isUnderwater(sums),
        coversDebtAndBonus: engine.coversDebtAnd(sums, as<number>(input['bonusBps'])),
    };
}

function liquidation(input: Input): engine.LiquidationPlan {
    const shown = as<engine.LiquidationSides>(input['sides']);
    const sides = {
        ...shown,
        debtLedger: books(as<Shown>(shown.debtLedger as unknown as Shown)),
        collateralLedger: books(as<Shown>(shown.collateralLedger as unknown as Shown)),
    };
    const held = engine.netValueDown(sides.collateralLedger, sides.collateralShares);
    const debt = engine.debtUp(sides.debtLedger, sides.debtShares);
    let sums = engine.addCollateral(engine.NO_SUMS, 'maintenance', sides.collateralAsset, held);
    sums = engine.addDebt(sums, 'maintenance', sides.debtAsset, debt);
    const terms = as<engine.LiquidationTerms>(input['terms']);
    return engine.planLiquidation(sums, sides, terms, number(input['maxRepay']));
}

function bucket(input: Input): unknown {
    const state = as<engine.Bucket>(input['bucket']);
    const limit = as<engine.Limit>(input['limit']);
    const [amount, since, now] = [input['amount'], input['since'], input['now']].map(number);
    switch (input['op']) {
        case 'room':
            return engine.roomDown(state, limit, now!);
        case 'fill':
            return engine.fillBucket(state, limit, amount!, now!);
        default:
            return engine.giveBack(state, limit, amount!, since!, now!);
    }
}

function opening(input: Input): unknown {
    const terms = as<engine.IssuanceTerms>(input['terms']);
    const now = number(input['now']);
    if (input['burn'] === null) return engine.openAuction(number(input['deficit']), terms, now);
    const { issuance, config } = terms;
    const [burn, since] = [number(input['burn']), number(input['since'])];
    return engine.burnUnsold(issuance, burn, config, since, now);
}

function recovery(input: Input): unknown {
    const ledger = ledgerIn(input);
    const offer = number(input['offer']);
    switch (input['op']) {
        case 'repayRecord': {
            const record = number(input['record']);
            return engine.planRepayRecord(ledger, offer, record, as<boolean>(input['woundDown']));
        }
        case 'collectFees':
            return engine.planCollectFees(ledger);
        default:
            return { ledger: engine.planFundInsurance(ledger, offer) };
    }
}

function socialise(input: Input): engine.SocialisePlan {
    const ledger = ledgerIn(input);
    const shown = as<engine.SocialiseTerms & { pricedAt: bigint | null }>(input['terms']);
    const terms = { ...shown, pricedAt: shown.pricedAt ?? undefined };
    const now = number(input['now']);
    assert.equal(engine.givesUp(terms, ledger, now), input['givesUp']);
    return engine.planSocialise(ledger, terms, as<engine.Auction>(input['live']), now);
}

const FORMULAS: Record<string, (input: Input) => unknown> = {
    math: (i) => MATH[as<string>(i['op'])]!(number(i['a']), number(i['b']), number(i['d'])),
    shares,
    accrue: (i) => {
        const config = as<engine.InterestConfig>(i['config']);
        const ledger = engine.accrue(ledgerIn(i), config, number(i['now']));
        return { ledger, yearlyPpb: engine.yearlyPpbDown(ledgerIn(i), config) };
    },
    deposit: (i) => {
        const cap = number(i['cap']);
        return engine.planDeposit(ledgerIn(i), number(i['atoms']), cap, as(i['woundDown']));
    },
    withdraw: (i) => {
        const plan = i['toInsurance'] ? engine.sharesToInsurance : engine.planWithdraw;
        return plan(ledgerIn(i), number(i['shares']));
    },
    borrow: (i) => {
        const limits = as<engine.BorrowLimits>(i['limits']);
        const [atoms, held] = [number(i['atoms']), number(i['held'])];
        return engine.planBorrow(ledgerIn(i), atoms, held, limits, as(i['woundDown']));
    },
    repay: (i) => {
        const [offer, held] = [number(i['offer']), number(i['held'])];
        return engine.planRepay(ledgerIn(i), offer, held, number(i['minDebt']));
    },
    'price-accept': (i) => {
        const [stored, now] = [number(i['stored']), number(i['now'])];
        return engine.acceptPrice(as(i['seen']), as(i['limits']), stored, now);
    },
    'price-value': value,
    'price-rate': (i) => {
        const rate = i['up'] ? engine.exchangeRateUp : engine.exchangeRateDown;
        return rate(as(i['token']), as(i['debt']), number(i['factorBps']));
    },
    health,
    liquidation,
    bucket,
    'price-range': (i) => {
        const range = i['buyBack'] ? engine.buyBackRange : engine.auctionRange;
        const feed = as<engine.Feed | null>(i['feed']) ?? undefined;
        return range(as(i['policy']), as(i['hasFeed']), feed);
    },
    'auction-open': opening,
    'auction-rate': (i) => engine.rateUp(as(i['auction']), number(i['now'])),
    'auction-fill': (i) => {
        const [amount, maxPay] = [number(i['amount']), number(i['maxPay'])];
        return engine.planFill(as(i['auction']), ledgerIn(i), amount, maxPay, number(i['now']));
    },
    'auction-close': (i) => engine.planClose(as(i['auction']), ledgerIn(i), number(i['now'])),
    'buy-back-start': (i) =>
        engine.startBuyBack(
            ledgerIn(i),
            as(i['running']),
            as(i['targetBps']),
            as(i['range']),
            as(i['durationSecs']),
            number(i['now']),
        ),
    'buy-back-sale': (i) =>
        engine.planSale(
            as(i['buyBack']),
            ledgerIn(i),
            number(i['amount']),
            number(i['minProceeds']),
            as(i['targetBps']),
            number(i['highest']),
            number(i['now']),
        ),
    'write-off': (i) =>
        engine.planWriteOff(
            ledgerIn(i),
            number(i['debt']),
            as(i['draw']),
            as<engine.IssuanceTerms | null>(i['issuance']) ?? undefined,
            as(i['live']),
            number(i['now']),
        ),
    cover: (i) =>
        engine.planCover(
            ledgerIn(i),
            as(i['draw']),
            as<engine.IssuanceTerms | null>(i['issuance']) ?? undefined,
            as(i['live']),
            number(i['now']),
        ),
    socialise,
    recovery,
};

for (const [name, formula] of Object.entries(FORMULAS)) {
    test(`${name} agrees with the engine on every vector`, () => {
        const cases = casesOf(name);
        assert.ok(cases.length >= 100, `${cases.length} cases`);
        for (const [at, { in: input, ...expected }] of cases.entries()) {
            const before = 'ledger' in input ? ledgerIn(input) : undefined;
            assert.deepEqual(
                answer(() => formula(input), before),
                expected,
                `case ${at}`,
            );
        }
    });
}
