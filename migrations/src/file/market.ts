/**
 * The market file: one TOML file that says what a market and its banks are to
 * be. `examples/README.md` documents the schema, which the command-line program
 * reads too.
 */
import { readFileSync } from 'node:fs';
import { TOKEN_PROGRAM } from '@backstop/client';
import type { Address } from '@solana/kit';
import { parse, TomlError, type TomlTable } from 'smol-toml';
import { FileError, messageOf } from '../error.ts';
import { BANK, type BankSettings, MARKET, type MarketSettings } from './fields.ts';
import { Section } from './read.ts';
import { Settings } from './settings.ts';
import { Source, type Variables } from './source.ts';
import { addressOf, type Written } from './units.ts';

/** The only version of the schema so far. */
const VERSION = 1n;
const TOKEN_2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb' as Address;
/** Most decimals of a mint that the program takes. */
const MOST_DECIMALS = 18n;

/** Where the governance mint comes from. */
export type Governance =
    /** It exists; its authority signs once and gives it up for good. */
    | { readonly kind: 'adopt'; readonly mint: Address }
    /** The program creates it. */
    | {
          readonly kind: 'create';
          /** Which of the creator's mints. */
          readonly index: number;
          readonly decimals: number;
          readonly initialSupply: Written;
          readonly supplyLine: number;
          /** Who gets the first supply; the admin if nobody is named. */
          readonly supplyOwner: Address | undefined;
          readonly tokenProgram: Address;
          /** The market's admin when it was created; the mint's address depends on him. */
          readonly creator: Address | undefined;
      };

/** One `[[bank]]`. */
export interface BankSection {
    /** What people call it. */
    readonly name: string;
    /** Its asset. */
    readonly mint: Address;
    readonly settings: Settings<BankSettings>;
    /** The line of the section. */
    readonly line: number;
}

/** A market file. */
export interface MarketFile {
    /** What it is called in errors. */
    readonly name: string;
    /** The market's admin; the signer if nobody is named. */
    readonly admin: Address | undefined;
    readonly governance: Governance;
    readonly market: Settings<MarketSettings>;
    readonly banks: readonly BankSection[];
    /** Price accounts other than the sponsored ones, by the feed in hexadecimal. */
    readonly oracles: ReadonlyMap<string, Address>;
}

/** Reads a file; variables come from the environment. Throws the first mistake, with its line. */
export function loadMarketFile(path: string): MarketFile {
    let text: string;
    try {
        text = readFileSync(path, 'utf8');
    } catch (error) {
        throw new FileError(path, 0, `cannot be read: ${messageOf(error)}`);
    }
    return parseMarketFile(path, text, (name) => process.env[name]);
}

/** Reads a text. Throws the first mistake, with its line. */
export function parseMarketFile(name: string, text: string, variables: Variables): MarketFile {
    const source = new Source(name, text, variables);
    const root = new Section(source, 'the file', [], document(name, text));
    const version = root.require('version');
    if (version.integer(32) !== VERSION) {
        throw version.error(`this program reads version ${VERSION}`);
    }
    const oracles = new Map<string, Address>();
    const section = root.require('market').table('[market]');
    const admin = section.take('admin')?.parsed(addressOf);
    const oracle = section.take('oracle_account')?.parsed(addressOf);
    const given = Settings.read<MarketSettings>(section, MARKET);
    section.finish();
    const market = given.complete(section);
    noteOracle(oracles, market.text('feed_id'), oracle);
    const governance = readGovernance(root.require('governance').table('[governance]'));

    const defaultSection = root.take('defaults')?.table('[defaults]');
    const defaults = defaultSection && Settings.read<BankSettings>(defaultSection, BANK);
    defaultSection?.finish();
    const sections = root.take('bank')?.tables('[[bank]]') ?? [];
    root.finish();
    const banks: BankSection[] = [];
    for (const each of sections) banks.push(readBank(each, defaults, banks, oracles));
    return { name, admin, governance, market, banks, oracles };
}

function document(name: string, text: string): TomlTable {
    try {
        return parse(text, { integersAsBigInt: true });
    } catch (error) {
        if (!(error instanceof TomlError)) throw error;
        const [first = ''] = error.message.split('\n');
        throw new FileError(name, error.line, first.replace(/^Invalid TOML document: /, ''));
    }
}

function noteOracle(
    oracles: Map<string, Address>,
    feed: string | undefined,
    account: Address | undefined,
): void {
    if (feed !== undefined && account !== undefined) oracles.set(feed, account);
}

function readGovernance(section: Section): Governance {
    const mint = section.take('mint')?.parsed(addressOf);
    const create = section.take('create');
    if ((mint === undefined) === (create === undefined)) {
        throw section.error(
            'name either an existing `mint`, or a [governance.create] section, and not both',
        );
    }
    section.finish();
    if (mint !== undefined) return { kind: 'adopt', mint };
    return readCreated(section.require('create').table('[governance.create]'));
}

function readCreated(section: Section): Governance {
    const supply = section.require('initial_supply');
    const decimals = section.require('decimals');
    const count = decimals.integer(8);
    if (count > MOST_DECIMALS) throw decimals.error('the program takes at most 18 decimals');
    const tokenProgram = section.take('token_program')?.parsed((text) => {
        if (text === 'token') return TOKEN_PROGRAM;
        if (text === 'token-2022') return TOKEN_2022;
        throw new RangeError(`\`${text}\`: write token or token-2022`);
    });
    const index = section.take('index')?.integer(16) ?? 0n;
    const governance: Governance = {
        kind: 'create',
        index: Number(index),
        decimals: Number(count),
        initialSupply: supply.setting('governance'),
        supplyLine: section.source.line(supply.path),
        supplyOwner: section.take('supply_owner')?.parsed(addressOf),
        tokenProgram: tokenProgram ?? TOKEN_PROGRAM,
        creator: section.take('creator')?.parsed(addressOf),
    };
    section.finish();
    return governance;
}

function readBank(
    section: Section,
    defaults: Settings<BankSettings> | undefined,
    others: readonly BankSection[],
    oracles: Map<string, Address>,
): BankSection {
    const nameEntry = section.require('name');
    const name = nameEntry.string();
    if (!/^[A-Za-z0-9_-]+$/.test(name) || name === 'all') {
        throw nameEntry.error('a name is made of letters, digits, `-` and `_`, and is not `all`');
    }
    if (others.some((other) => other.name === name)) {
        throw nameEntry.error(`two banks are called ${name}`);
    }
    section.title = `[[bank]] ${name}`;
    const mintEntry = section.require('mint');
    const mint = mintEntry.parsed(addressOf);
    const other = others.find((known) => known.mint === mint);
    if (other) throw mintEntry.error(`${other.name} has the same mint`);
    const oracle = section.take('oracle_account')?.parsed(addressOf);
    const given = Settings.read<BankSettings>(section, BANK);
    section.finish();
    const settings = given.complete(section, defaults);
    noteOracle(oracles, settings.text('feed_id'), oracle);
    return { name, mint, settings, line: section.source.line(nameEntry.path) };
}

/** The file with its admin named, without moving the market, whose address may rest on `signer`. */
export function settleAdmin(file: MarketFile, admin: Address, signer: Address): MarketFile {
    const { governance } = file;
    if (governance.kind === 'adopt') return { ...file, admin };
    const creator = governance.creator ?? signer;
    return { ...file, admin, governance: { ...governance, creator } };
}

/** Every mint whose decimals `resolve` needs. */
export function mintsOf({ governance, banks }: MarketFile): Address[] {
    const adopted = governance.kind === 'adopt' ? [governance.mint] : [];
    return [...adopted, ...banks.map(({ mint }) => mint)];
}
