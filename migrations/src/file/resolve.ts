/** A file and the decimals of its mints: what the chain should hold. */
import {
    type BankKeys,
    createdMintAddress,
    deriveBankKeys,
    deriveMarketKeys,
    feedIdOf,
    type MarketKeys,
    oracleAccount,
} from '@backstop/client';
import { type Address, address } from '@solana/kit';
import { FileError } from '../error.ts';
import type { Scale } from './decimal.ts';
import { type BankSettings, type MarketSettings, NOBODY } from './fields.ts';
import type { MarketFile } from './market.ts';
import { resolveUnit, type Written } from './units.ts';

/** A mint on the chain. */
export interface Mint {
    readonly tokenProgram: Address;
    readonly decimals: number;
    /** (atoms) */
    readonly supply: bigint;
}

/** What is known of mints on the chain. */
export type Mints = ReadonlyMap<Address, Mint>;

/** How the market comes to be. */
export type Creation =
    /** With a mint that exists. */
    | { readonly kind: 'adopt' }
    /** With a mint of its own. */
    | {
          readonly kind: 'create';
          readonly index: number;
          readonly decimals: number;
          /** (governance atoms) */
          readonly initialSupply: bigint;
          readonly supplyOwner: Address;
      };

/** A bank as it should be. */
export interface DesiredBank {
    readonly name: string;
    readonly keys: BankKeys;
    readonly decimals: number;
    readonly settings: BankSettings;
}

/** A market as it should be. */
export interface Desired {
    readonly keys: MarketKeys;
    readonly admin: Address;
    readonly creation: Creation;
    readonly governanceDecimals: number;
    readonly settings: MarketSettings;
    readonly banks: readonly DesiredBank[];
}

/** Decimals for a bank's settings; without a bank, for the market's. */
export function scaleOf(desired: Desired, bank?: DesiredBank): Scale {
    return { asset: bank?.decimals ?? 0, governance: desired.governanceDecimals };
}

/** What the chain should hold, if `signer` is who the file leaves open. */
export async function resolve(file: MarketFile, signer: Address, mints: Mints): Promise<Desired> {
    const admin = file.admin ?? signer;
    const { mint, tokenProgram, decimals, creation } = await governanceOf(file, admin, mints);
    const wanted = file.market.resolve({ asset: 0, governance: decimals });
    const feed = file.market.text('feed_id');
    const hasPrice = wanted.oracle_program !== NOBODY && feed !== undefined;
    const oracle = hasPrice ? await oracleOf(file, wanted.oracle_program, feed) : undefined;
    const keys = await deriveMarketKeys(mint, tokenProgram, oracle);
    const role = (named: string): string => (named === NOBODY ? admin : named);
    const banks: DesiredBank[] = [];
    for (const bank of file.banks) {
        const found = mintOf(file, mints, bank.mint, bank.line);
        const settings = bank.settings.resolve({ asset: found.decimals, governance: decimals });
        const price = await oracleOf(file, settings.oracle_program, settings.feed_id);
        banks.push({
            name: bank.name,
            keys: await deriveBankKeys(keys, bank.mint, found.tokenProgram, price),
            decimals: found.decimals,
            settings,
        });
    }
    return {
        keys,
        admin,
        creation,
        governanceDecimals: decimals,
        settings: {
            ...wanted,
            guardian: role(wanted.guardian),
            fee_owner: role(wanted.fee_owner),
        },
        banks,
    };
}

function oracleOf(file: MarketFile, receiver: string, feed: string): Promise<Address> {
    return oracleAccount(file.oracles, address(receiver), feedIdOf(feed));
}

async function governanceOf(
    file: MarketFile,
    admin: Address,
    mints: Mints,
): Promise<{ mint: Address; tokenProgram: Address; decimals: number; creation: Creation }> {
    const { governance } = file;
    if (governance.kind === 'adopt') {
        const { mint } = governance;
        return { mint, ...mintOf(file, mints, mint, 0), creation: { kind: 'adopt' } };
    }
    const { index, decimals, tokenProgram, creator, supplyOwner } = governance;
    const creation: Creation = {
        kind: 'create',
        index,
        decimals,
        initialSupply: supplyOf(file, governance.initialSupply, governance.supplyLine, decimals),
        supplyOwner: supplyOwner ?? admin,
    };
    const mint = await createdMintAddress(creator ?? admin, index);
    return { mint, tokenProgram, decimals, creation };
}

function supplyOf(file: MarketFile, written: Written, line: number, decimals: number): bigint {
    try {
        const supply = resolveUnit('governance', written, { asset: 0, governance: decimals });
        if (typeof supply === 'bigint') return supply;
    } catch {
        // What does not fit is said below, whatever the reason.
    }
    const message = `\`initial_supply\` does not fit a mint with ${decimals} decimals`;
    throw new FileError(file.name, line, message);
}

function mintOf(file: MarketFile, mints: Mints, mint: Address, line: number): Mint {
    const found = mints.get(mint);
    if (found) return found;
    const message = `there is no mint ${mint} on this cluster: check the address, and --url`;
    throw new FileError(file.name, line, message);
}
