// Writes src/generated from clients/idl/backstop.json; with `--check` it fails
// when the files in the tree are stale, and changes nothing.
//
// Accounts, instructions, addresses and types come from Codama. What its
// renderer leaves out is added here: events, and errors with their messages in
// every build.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rootNodeFromAnchor } from '@codama/nodes-from-anchor';
import { renderVisitor } from '@codama/renderers-js';
import { getProgramDerivedAddress } from '@solana/kit';
import {
    bottomUpTransformerVisitor,
    createFromRoot,
    definedTypeNode,
    deleteNodesVisitor,
    numberTypeNode,
    programNode,
    rootNode,
} from 'codama';

const here = dirname(fileURLToPath(import.meta.url));
const idlPath = join(here, '../../idl/backstop.json');
const settingsPath = join(here, '../../idl/settings.json');
const target = join(here, '../src/generated');
const banner =
    '// Written by scripts/generate.mjs from clients/idl/backstop.json: do not edit.\n\n';

const idl = JSON.parse(readFileSync(idlPath, 'utf8'));

/** Anchor keeps the words about an event with its type. */
function docs(event) {
    return idl.types.find((type) => type.name.toLowerCase() === event.toLowerCase()).docs;
}

/** Events become types; errors are rendered by `refusals`. */
function withEventsAsTypes(root) {
    const { errors: _, events, ...program } = root.program;
    const types = events.map((event) =>
        definedTypeNode({ name: event.name, docs: docs(event.name), type: event.data.type }),
    );
    return rootNode(
        programNode({ ...program, definedTypes: [...program.definedTypes, ...types], errors: [] }),
    );
}

function refusals() {
    const rows = idl.errors.map(
        ({ code, name, msg }) =>
            `    ${code}: { name: '${name}', message: ${JSON.stringify(msg)} },\n`,
    );
    return `${banner}/** Every error of the program: its name and its message, by code. */
export const REFUSALS = {
${rows.join('')}} as const;
`;
}

function events() {
    const names = idl.events.map((event) => event.name);
    const imports = names.map((name) => `    get${name}Decoder,\n`).join('');
    const types = names.map((name) => `    type ${name},\n`).join('');
    const map = names.map((name) => `    readonly ${name}: ${name};\n`).join('');
    const rows = idl.events.map(
        ({ name, discriminator }) =>
            `    { name: '${name}', discriminator: [${discriminator.join(', ')}], decoder: get${name}Decoder },\n`,
    );
    return `${banner}import {
${imports}${types}} from './types/index.js';

/** The fields of every event, by its name. */
export interface BackstopEvents {
${map}}

/** An event of the program: its name, and its fields as the program documents them. */
export type BackstopEvent = {
    [N in keyof BackstopEvents]: { readonly name: N; readonly data: BackstopEvents[N] };
}[keyof BackstopEvents];

/** Name, discriminator and decoder of every event. */
export const EVENTS = [
${rows.join('')}] as const;
`;
}

/** `a_name` as the client writes it. */
function camel(name) {
    return name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** What is recommended for one setting, as an expression; nothing where it must be chosen. */
function preset(row, type) {
    const big = type === 'u64' || type.defined?.name === 'Le128';
    if (row.preset === 'chosen') return undefined;
    if (row.preset === 'pythCore') return 'PYTH_CORE';
    if (row.preset.hundredths) return `hundredths(${row.preset.hundredths}n, decimals)`;
    return big ? `${row.preset.number}n` : row.preset.number;
}

/** The rows of one struct of settings, and what is recommended. */
function settingsOf(type, rows, name) {
    const fields = idl.types.find((one) => one.name === type).type.fields;
    const typeOf = (name) => fields.find((field) => field.name === name).type;
    const values = rows.map((row) => [camel(row.name), preset(row, typeOf(row.name))]);
    const chosen = values.filter(([, value]) => value === undefined).map(([field]) => `'${field}'`);
    const given = values.filter(([, value]) => value !== undefined);
    const table = rows.map((row) => {
        const { meaning, group, unit, waits, bounds } = row;
        const about = JSON.stringify({
            name: camel(row.name),
            meaning,
            group,
            unit,
            waits,
            bounds,
        });
        return `    ${about.replaceAll(/"(name|meaning|group|unit|waits|bounds)":/g, ' $1: ').replace(/}$/, ' }')},\n`;
    });
    const reserved =
        typeOf('reserved') === 'u32' ? '0' : `new Uint8Array(${typeOf('reserved').array[1]})`;
    return `/** Settings of a ${name}, in the order of the account's bytes. */
export const ${name.toUpperCase()}_SETTINGS = [
${table.join('')}] as const;

/**
 * Settings of a ${name} as docs/risk.md recommends them where nothing is known but that
 * the asset is volatile; what must be chosen is passed.
 */
export function recommended${name[0].toUpperCase()}${name.slice(1)}(
    chosen: Pick<${type}, ${chosen.join(' | ')}>,
${rows.some((row) => row.preset.hundredths) ? '    decimals: number,\n' : ''}): ${type} {
    return {
${given.map(([field, value]) => `        ${field}: ${value},\n`).join('')}        ...chosen,
        reserved: ${reserved},
    };
}
`;
}

function settings() {
    const { bank, market } = JSON.parse(readFileSync(settingsPath, 'utf8'));
    return `${banner.replace('backstop.json', 'settings.json')}import { PYTH_CORE } from '../oracle.js';
import type { BankConfig, MarketConfig } from './types/index.js';

/** That many hundredths of a whole token in atoms, at least one. */
function hundredths(count: bigint, decimals: number): bigint {
    const atoms = (10n ** BigInt(decimals) * count + 99n) / 100n;
    return BigInt.asUintN(64, atoms) === atoms ? atoms : 2n ** 64n - 1n;
}

${settingsOf('BankConfig', bank, 'bank')}
${settingsOf('MarketConfig', market, 'market')}`;
}

/** Written down, so that building an instruction need not wait for it. */
async function eventAuthority() {
    const [address] = await getProgramDerivedAddress({
        programAddress: idl.address,
        seeds: ['__event_authority'],
    });
    return `${banner}import { type Address } from '@solana/kit';

/** Who signs the self-calls that carry loss events: \`["__event_authority"]\`. */
export const EVENT_AUTHORITY = '${address}' as Address;
`;
}

function files(directory) {
    return readdirSync(directory, { recursive: true })
        .map(String)
        .filter((name) => statSync(join(directory, name)).isFile())
        .sort();
}

/** Node resolves no directory, and no path without its ending. */
function complete(directory, file) {
    const text = readFileSync(join(directory, file), 'utf8');
    const from = dirname(join(directory, file));
    return text
        .replaceAll(/^\s*\/\/ TO[D]O: .*\n/gm, '')
        .replaceAll(/from '(\.\.?(?:\/[\w./]+)?)'/g, (_, path) => {
            const isDirectory = statSync(join(from, path), {
                throwIfNoEntry: false,
            })?.isDirectory();
            return `from '${path}${isDirectory ? '/index.js' : '.js'}'`;
        });
}

async function generate(directory) {
    const codama = createFromRoot(withEventsAsTypes(rootNodeFromAnchor(idl)));
    // Two halves in an account, one number everywhere else: the bytes are the same.
    codama.update(
        bottomUpTransformerVisitor([
            { select: '[definedTypeLinkNode]le128', transform: () => numberTypeNode('u128') },
        ]),
    );
    codama.update(deleteNodesVisitor(['[definedTypeNode]le128']));
    await codama.accept(
        renderVisitor(directory, {
            deleteFolderBeforeRendering: true,
            prettierOptions: { tabWidth: 4, singleQuote: true, printWidth: 100 },
        }),
    );
    const completed = files(directory).map((file) => [file, complete(directory, file)]);
    for (const [file, text] of completed) writeFileSync(join(directory, file), text);
    writeFileSync(join(directory, 'refusals.ts'), refusals());
    writeFileSync(join(directory, 'events.ts'), events());
    writeFileSync(join(directory, 'settings.ts'), settings());
    writeFileSync(join(directory, 'eventAuthority.ts'), await eventAuthority());
    const index = join(directory, 'index.ts');
    const more = ['eventAuthority', 'events', 'refusals', 'settings'];
    const exports = more.map((name) => `export * from './${name}.js';\n`).join('');
    writeFileSync(index, readFileSync(index, 'utf8').trimEnd() + '\n' + exports);
}

function differences(left, right) {
    const names = [...new Set([...files(left), ...files(right)])];
    const read = (path) =>
        statSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : '';
    return names.filter((name) => read(join(left, name)) !== read(join(right, name)));
}

if (process.argv.includes('--check')) {
    const fresh = mkdtempSync(join(tmpdir(), 'backstop-generated-'));
    await generate(fresh);
    const stale = differences(target, fresh);
    rmSync(fresh, { recursive: true });
    if (stale.length > 0) {
        console.error(
            `${relative(process.cwd(), target)} is stale; run npm run generate: ${stale.join(', ')}`,
        );
        process.exit(1);
    }
} else {
    await generate(target);
}
