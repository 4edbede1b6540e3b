/** The rules of the program's arithmetic that can be broken. */
export type RuleName =
    | 'Overflow'
    | 'Underflow'
    | 'DivisionByZero'
    | 'ZeroAmount'
    | 'TimeWentBack'
    | 'AmountTooSmall'
    | 'WoundDown'
    | 'DepositCapExceeded'
    | 'BorrowCapExceeded'
    | 'UtilisationTooHigh'
    | 'InsufficientCash'
    | 'InsufficientShares'
    | 'NoDebt'
    | 'DebtBelowMinimum'
    | 'BooksOutOfBalance'
    | 'SplitOutOfBalance'
    | 'PriceNotPositive'
    | 'PriceExponent'
    | 'PriceStale'
    | 'PriceFromTheFuture'
    | 'PriceWentBack'
    | 'PriceUncertain'
    | 'PriceDiverges'
    | 'Unhealthy'
    | 'Healthy'
    | 'NotInsolvent'
    | 'NoDeficit'
    | 'DeficitOpen'
    | 'NoAuction'
    | 'AuctionLive'
    | 'AuctionNotOpen'
    | 'AuctionEnded'
    | 'AuctionNotEnded'
    | 'PaymentAboveMax'
    | 'ProceedsBelowMin'
    | 'InsuranceNotEmpty'
    | 'SocialiseTooEarly'
    | 'NothingWrittenOff'
    | 'NoSurplus';

/** The numbers that broke a rule, in the order in which the program logs them. */
export type RuleNumbers = Readonly<Record<string, bigint>>;

/**
 * A broken rule. The message is what the program logs on the line before its
 * error, for example `DebtBelowMinimum { left: 9999, min: 10000 }`.
 */
export class RuleError extends Error {
    override readonly name = 'RuleError';

    constructor(
        /** The rule. The program's error has the same name. */
        readonly rule: RuleName,
        /** The numbers that broke it, named as in the program. */
        readonly numbers: RuleNumbers = {},
    ) {
        const fields = Object.entries(numbers).map(([field, value]) => `${field}: ${value}`);
        super(fields.length > 0 ? `${rule} { ${fields.join(', ')} }` : rule);
    }
}

/** Throws a {@link RuleError}. */
export function refuse(rule: RuleName, numbers?: RuleNumbers): never {
    throw new RuleError(rule, numbers);
}

/** What `compute` returns, or `otherwise` if a rule refuses. */
export function orElse<T, U>(compute: () => T, otherwise: U): T | U {
    try {
        return compute();
    } catch (error) {
        if (error instanceof RuleError) return otherwise;
        throw error;
    }
}
