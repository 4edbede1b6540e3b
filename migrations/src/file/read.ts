/** Reading TOML strictly: every key is known, every mistake has a line. */
import type { TomlTable, TomlValue } from 'smol-toml';
import { type FileError, messageOf } from '../error.ts';
import type { Unit } from './fields.ts';
import type { Source } from './source.ts';
import { nameOf, numberOf, parseUnit, type Written } from './units.ts';

function typeOf(value: TomlValue): string {
    if (typeof value === 'bigint') return 'integer';
    if (typeof value === 'number') return 'float';
    if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
    if (Array.isArray(value)) return 'array';
    return value instanceof Date ? 'datetime' : 'table';
}

function isTable(value: TomlValue): value is TomlTable {
    return typeOf(value) === 'table';
}

/** A value and where it stands. */
export class Entry {
    /** Its sections and its key. */
    readonly path: readonly string[];
    readonly #source: Source;
    readonly #value: TomlValue;

    constructor(source: Source, path: readonly string[], value: TomlValue) {
        this.#source = source;
        this.path = path;
        this.#value = value;
    }

    /** A mistake in the value. */
    error(message: string): FileError {
        return this.#source.error(this.path, `\`${this.path.at(-1)}\`: ${message}`);
    }

    #wrongType(expected: string): FileError {
        return this.error(`expected ${expected}, found ${typeOf(this.#value)}`);
    }

    #orError<T>(read: () => T): T {
        try {
            return read();
        } catch (error) {
            if (error instanceof RangeError) throw this.error(messageOf(error));
            throw error;
        }
    }

    /** A string, with variables put in. */
    string(): string {
        if (typeof this.#value !== 'string') throw this.#wrongType('a string');
        return this.#source.interpolate(this.path, this.#value);
    }

    /** A string that `parse` understands. */
    parsed<T>(parse: (text: string) => T): T {
        const text = this.string();
        return this.#orError(() => parse(text));
    }

    /** A whole number that `bits` hold. */
    integer(bits: number): bigint {
        if (typeof this.#value !== 'bigint') throw this.#wrongType('an integer');
        if (this.#value < 0n || this.#value >> BigInt(bits) > 0n) {
            throw this.error('the number does not fit here');
        }
        return this.#value;
    }

    /** A setting in `unit`: a string is human, an integer is raw. */
    setting(unit: Unit): Written {
        const value = this.#value;
        switch (typeOf(value)) {
            case 'string':
                return this.parsed((text) => parseUnit(unit, text));
            case 'integer': {
                const number = this.integer(128);
                return this.#orError(() => numberOf(unit, number));
            }
            case 'float':
                throw this.error(
                    `a number with a point must be in quotes, so that no digit is lost: ${nameOf(unit)}`,
                );
            default:
                if (typeof value === 'boolean' && unit === 'flag') return value ? 1n : 0n;
                throw this.#wrongType(nameOf(unit));
        }
    }

    /** A table. */
    table(title: string): Section {
        if (!isTable(this.#value)) throw this.#wrongType('a table');
        return new Section(this.#source, title, this.path, this.#value);
    }

    /** Each table of an array. */
    tables(title: string): Section[] {
        const wrong = (): FileError => this.#wrongType('[[sections]]');
        if (!Array.isArray(this.#value)) throw wrong();
        return this.#value.map((item, index) => {
            if (!isTable(item)) throw wrong();
            return new Section(this.#source, title, [...this.path, index.toString()], item);
        });
    }
}

/** A table whose keys are taken one by one; what is left over is a mistake. */
export class Section {
    /** What it is called in errors. */
    title: string;
    /** Where it stands. */
    readonly path: readonly string[];
    readonly source: Source;
    readonly #table: TomlTable;
    readonly #asked = new Set<string>();

    constructor(source: Source, title: string, path: readonly string[], table: TomlTable) {
        this.source = source;
        this.title = title;
        this.path = path;
        this.#table = table;
    }

    /** A mistake in the table as a whole. */
    error(message: string): FileError {
        return this.source.error(this.path, `${this.title}: ${message}`);
    }

    /** The value of a key, if it is there. */
    take(key: string): Entry | undefined {
        this.#asked.add(key);
        if (!Object.hasOwn(this.#table, key)) return undefined;
        const value = this.#table[key];
        return value === undefined ? undefined : new Entry(this.source, [...this.path, key], value);
    }

    /** The value of a key. Throws when it is missing. */
    require(key: string): Entry {
        const entry = this.take(key);
        if (!entry) throw this.error(`\`${key}\` is missing`);
        return entry;
    }

    /** Refuses the first key that nobody asked for, and names the known key that resembles it. */
    finish(): void {
        const line = (key: string): number => this.source.line([...this.path, key]);
        const unknown = Object.keys(this.#table)
            .filter((key) => !this.#asked.has(key))
            .sort((a, b) => line(a) - line(b))[0];
        if (unknown === undefined) return;
        const [closest] = [...this.#asked]
            .sort()
            .map((known) => ({ known, far: distance(unknown, known) }))
            .sort((a, b) => a.far - b.far);
        const hint = closest && closest.far <= 3 ? `; did you mean \`${closest.known}\`?` : '';
        throw this.source.error(
            [...this.path, unknown],
            `unknown key \`${unknown}\` in ${this.title}${hint}`,
        );
    }
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (const [i, x] of [...a].entries()) {
        const next = [i + 1];
        for (const [j, y] of [...b].entries()) {
            const changed = (row[j] ?? 0) + (x === y ? 0 : 1);
            next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
        }
        row = next;
    }
    return row.at(-1) ?? 0;
}
