/** Errors that say what to do next. */

/** A mistake in a market file. */
export class FileError extends Error {
    override readonly name = 'FileError';
    /** The file, as the caller named it. */
    readonly file: string;
    /** Counted from 1; 0 for the file as a whole. */
    readonly line: number;

    constructor(file: string, line: number, message: string) {
        super(`${file}:${line}: ${message}`);
        this.file = file;
        this.line = line;
    }
}

/** Why a migration does not go on. */
export class MigrationError extends Error {
    override readonly name = 'MigrationError';
    /** What to do about it. */
    readonly hint: string | undefined;

    constructor(message: string, hint?: string) {
        super(message);
        this.hint = hint;
    }
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
