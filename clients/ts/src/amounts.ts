/** Amounts for people: decimal text to atoms and back, without a float in between. */

const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/**
 * Atoms of a decimal amount: `parseAmount('1.5', 6)` is `1500000n`.
 * Throws a `RangeError` for other text, and for digits that the mint does not have.
 */
export function parseAmount(text: string, decimals: number): bigint {
    const match = DECIMAL.exec(text.trim());
    if (!match) throw new RangeError(`"${text}" is no amount: digits and one point are`);
    const [, whole = '0', fraction = ''] = match;
    const digits = fraction.replace(/0+$/, '');
    if (digits.length > decimals) {
        throw new RangeError(`"${text}" has more than ${decimals} decimals`);
    }
    return BigInt(whole + digits.padEnd(decimals, '0'));
}

/** Decimal text of atoms, without trailing zeros: `formatAmount(1500000n, 6)` is `1.5`. */
export function formatAmount(atoms: bigint, decimals: number): string {
    const sign = atoms < 0n ? '-' : '';
    const digits = (atoms < 0n ? -atoms : atoms).toString().padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
    return sign + whole + (fraction ? `.${fraction}` : '');
}

/** Decimal text of a value in 10⁻¹² dollars, rounded down to `digits` digits. */
export function formatDollars(value: bigint, digits = 2): string {
    return formatAmount(value / 10n ** BigInt(12 - digits), digits);
}

/**
 * Decimal text of a rate: whole tokens of the asset for one whole governance
 * token, rounded down to `digits` digits.
 */
export function formatRate(
    rate: bigint,
    decimals: { readonly governance: number; readonly asset: number },
    digits = 6,
): string {
    const scaled = rate * 10n ** BigInt(decimals.governance + digits);
    return formatAmount((scaled / 10n ** BigInt(decimals.asset)) >> 64n, digits);
}
