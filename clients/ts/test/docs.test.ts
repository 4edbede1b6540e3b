/** Every export says what it is, nothing is of any type, and no float decides anything about money. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));
const EXPORT =
    /^export (?:default |declare |abstract |async )*(?:function|const|class|interface|type|enum) (\w+)/;
const FIELD =
    /^ {4}(?:readonly |get |static |async )*(?!return|private|constructor|super)(\w+)\??[:(]/;

const files = readdirSync(SOURCES, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts') && !name.startsWith('generated'))
    .map((name) => ({ name, lines: readFileSync(join(SOURCES, name), 'utf8').split('\n') }));

function isDocumented(lines: readonly string[], at: number): boolean {
    return (lines[at - 1] ?? '').trimEnd().endsWith('*/');
}

test('every export has its words', () => {
    const silent = files.flatMap(({ name, lines }) =>
        lines.flatMap((line, at) => {
            const found = EXPORT.exec(line);
            return found && !isDocumented(lines, at) ? [`${name}: ${found[1]}`] : [];
        }),
    );
    assert.deepEqual(silent, []);
});

test('every field of an exported interface has its words', () => {
    const silent: string[] = [];
    for (const { name, lines } of files) {
        let inside: string | undefined;
        lines.forEach((line, at) => {
            if (line.startsWith('export interface ')) inside = line.split(' ')[2];
            if (line === '}') inside = undefined;
            const field = FIELD.exec(line);
            if (inside && field && !isDocumented(lines, at)) {
                silent.push(`${name}: ${inside}.${field[1]}`);
            }
        });
    }
    assert.deepEqual(silent, []);
});

test('nothing is of any type, and no file takes more than a sitting', () => {
    for (const { name, lines } of files) {
        const loose = lines.filter((line) => /(?::|<|\bas|\|) *any\b/.test(line));
        assert.deepEqual(loose, [], name);
        assert.ok(lines.length <= 301, `${name}: ${lines.length} lines`);
    }
});

test('no float touches an amount', () => {
    const money = files.filter(({ name }) => /^(?:engine|quote|amounts)/.test(name));
    assert.ok(money.length > 15);
    const float = /parseFloat|toFixed|\d\.\d|Math\.(?!abs)|Number\((?!bonus)/;
    for (const { name, lines } of money) {
        const code = lines.filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line));
        assert.deepEqual(
            code.filter((line) => float.test(line)),
            [],
            name,
        );
    }
});
