/** The settings that a section gives, not yet in atoms. */
import { FileError, messageOf } from '../error.ts';
import type { Scale } from './decimal.ts';
import { type Field, type Value, type Values, zeroOf } from './fields.ts';
import type { Section } from './read.ts';
import { resolveUnit, type Written } from './units.ts';

interface Given {
    readonly field: Field;
    readonly written: Written;
    readonly line: number;
}

/** Settings of one table, as a section gives them. */
export class Settings<T extends Values> {
    readonly #file: string;
    readonly #table: readonly Field[];
    readonly #given: ReadonlyMap<string, Given>;

    private constructor(file: string, table: readonly Field[], given: ReadonlyMap<string, Given>) {
        this.#file = file;
        this.#table = table;
        this.#given = given;
    }

    /** Reads those fields of `table` that are there. */
    static read<T extends Values>(section: Section, table: readonly Field[]): Settings<T> {
        const given = new Map<string, Given>();
        for (const field of table) {
            const entry = section.take(field.name);
            if (!entry) continue;
            const line = section.source.line(entry.path);
            given.set(field.name, { field, written: entry.setting(field.unit), line });
        }
        return new Settings(section.source.name, table, given);
    }

    /** Takes what the section left out from `defaults`. Throws the names of all that is missing. */
    complete(section: Section, defaults?: Settings<T>): Settings<T> {
        const given = new Map([...(defaults ? defaults.#given : []), ...this.#given]);
        const missing = this.#table
            .filter(({ name, optional }) => !optional && !given.has(name))
            .map(({ name }) => name);
        if (missing.length > 0) throw section.error(`missing: ${missing.join(', ')}`);
        return new Settings(this.#file, this.#table, given);
    }

    /** An address or a feed that is given. */
    text(name: string): string | undefined {
        const written = this.#given.get(name)?.written;
        return typeof written === 'string' ? written : undefined;
    }

    /** The settings as the program stores them. Throws for an amount finer than the token. */
    resolve(scale: Scale): T {
        const values: Record<string, Value> = {};
        for (const { name, unit } of this.#table) {
            const given = this.#given.get(name);
            values[name] = given ? this.#resolved(given, scale) : zeroOf(unit);
        }
        // Every field of the table has been set, to a value of its unit.
        return values as T;
    }

    #resolved({ field, written, line }: Given, scale: Scale): Value {
        try {
            return resolveUnit(field.unit, written, scale);
        } catch (error) {
            throw new FileError(this.#file, line, `\`${field.name}\`: ${messageOf(error)}`);
        }
    }
}
