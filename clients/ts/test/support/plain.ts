/** Anchor's and Codama's values in one shape: two halves are one number, bytes are lists. */
export function plain(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Uint8Array) return [...value];
    if (Array.isArray(value)) return value.map(plain);
    if ('toBase58' in value) return (value.toBase58 as () => string)();
    if ('toTwos' in value) return BigInt(String(value));
    const fields = Object.entries(value).map(([name, field]) => [name, plain(field)] as const);
    const named = Object.fromEntries(fields) as Record<string, unknown>;
    const { low, high } = named;
    if (typeof low === 'bigint' && typeof high === 'bigint' && fields.length === 2) {
        return (high << 64n) | low;
    }
    return named;
}
