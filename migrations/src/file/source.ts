/** A file's text: its lines, and the variables in its strings. */
import { FileError } from '../error.ts';

/** Where variables like `${SOL_MINT}` come from. */
export type Variables = (name: string) => string | undefined;

const HEADER = /^\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]?\]/;
const KEY = /^\s*"?([A-Za-z0-9_-]+)"?\s*=/;

/** A file's text, for lines and variables. */
export class Source {
    /** What the file is called in errors. */
    readonly name: string;
    readonly #variables: Variables;
    readonly #lines: ReadonlyMap<string, number>;

    constructor(name: string, text: string, variables: Variables) {
        this.name = name;
        this.#variables = variables;
        this.#lines = linesOf(text);
    }

    /** The line of a section or a key; of what contains it, where it has none of its own. */
    line(path: readonly string[]): number {
        for (let length = path.length; length > 0; length -= 1) {
            const line = this.#lines.get(path.slice(0, length).join('.'));
            if (line !== undefined) return line;
        }
        return 1;
    }

    /** A mistake in a section or in the value of a key. */
    error(path: readonly string[], message: string): FileError {
        return new FileError(this.name, this.line(path), message);
    }

    /** Puts variables in: `${NAME}`, or `${NAME:-value}` for a value where there is no such variable. */
    interpolate(path: readonly string[], text: string): string {
        let out = '';
        let rest = text;
        for (let at = rest.indexOf('${'); at >= 0; at = rest.indexOf('${')) {
            const end = rest.indexOf('}', at + 2);
            if (end < 0) throw this.error(path, `\`${text}\`: \`\${\` without \`}\``);
            out += rest.slice(0, at) + this.#value(path, rest.slice(at + 2, end));
            rest = rest.slice(end + 1);
        }
        return out + rest;
    }

    #value(path: readonly string[], inside: string): string {
        const at = inside.indexOf(':-');
        const name = at < 0 ? inside : inside.slice(0, at);
        const value = this.#variables(name) ?? (at < 0 ? undefined : inside.slice(at + 2));
        if (value !== undefined) return value;
        throw this.error(
            path,
            `the environment has no ${name}: export it, or write \${${name}:-value}`,
        );
    }
}

/** Lines of `section`, `section.key`, and of the nth of several sections, `bank.0.key`. */
function linesOf(text: string): Map<string, number> {
    const lines = new Map<string, number>();
    const counts = new Map<string, number>();
    let section: string[] = [];
    for (const [index, line] of text.split('\n').entries()) {
        const header = HEADER.exec(line)?.[1];
        const key = KEY.exec(line)?.[1];
        if (header !== undefined) {
            section = header.split('.');
            if (/^\s*\[\[/.test(line)) {
                const count = counts.get(header) ?? 0;
                counts.set(header, count + 1);
                section.push(count.toString());
            }
        } else if (key === undefined) {
            continue;
        }
        const path = [...section, ...(key === undefined ? [] : [key])].join('.');
        if (!lines.has(path)) lines.set(path, index + 1);
    }
    return lines;
}
