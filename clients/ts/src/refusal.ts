/** The program's errors in words. */
import { BACKSTOP_PROGRAM_ADDRESS, REFUSALS } from './generated/index.js';

/** Names of the program's errors. */
export type RefusalName = (typeof REFUSALS)[keyof typeof REFUSALS]['name'];

/** An error of the program. */
export interface Refusal {
    /** 6000 and up. */
    readonly code: number;
    /** As in the interface description. */
    readonly name: RefusalName;
    /** One sentence. */
    readonly message: string;
}

/** The program's error of a code. */
export function refusalOfCode(code: number): Refusal | undefined {
    const entries: Readonly<Record<number, { name: RefusalName; message: string }>> = REFUSALS;
    const found = entries[code];
    return found && { code, ...found };
}

/** The program's error of a name. */
export function refusalOfName(name: RefusalName): Refusal {
    for (const [code, entry] of Object.entries(REFUSALS)) {
        if (entry.name === name) return { code: Number(code), ...entry };
    }
    throw new RangeError(`the interface description lists no error ${name}`);
}

/** The number in `{ InstructionError: [index, { Custom: number }] }`. */
function customCode(error: unknown): number | undefined {
    if (typeof error !== 'object' || error === null || !('InstructionError' in error)) {
        return undefined;
    }
    const detail: unknown = error.InstructionError;
    if (!Array.isArray(detail)) return undefined;
    const cause: unknown = detail[1];
    if (typeof cause !== 'object' || cause === null || !('Custom' in cause)) return undefined;
    return Number(cause.Custom);
}

/**
 * The program's error in a transaction's. Other programs use the same codes, so
 * the log must show that it was this one that failed, where there is a log.
 */
export function refusalOfTransaction(error: unknown, logs: readonly string[]): Refusal | undefined {
    const code = customCode(error);
    if (code === undefined) return undefined;
    const failed = `Program ${BACKSTOP_PROGRAM_ADDRESS} failed: custom program error: 0x${code.toString(16)}`;
    if (logs.length > 0 && !logs.includes(failed)) return undefined;
    return refusalOfCode(code);
}

/** The numbers that broke the rule: the program logs them on the line before the error. */
export function numbersOfLogs(logs: readonly string[]): string | undefined {
    const error = logs.findIndex((line) => line.includes('AnchorError'));
    const line = logs[error - 1];
    const prefix = 'Program log: ';
    if (!line?.startsWith(prefix)) return undefined;
    const text = line.slice(prefix.length);
    return text.startsWith('Instruction:') ? undefined : text;
}
