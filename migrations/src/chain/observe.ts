/** What the chain holds, as far as a market file asks. */
import { fetchBanks, fetchMany, readMarket, type ReadRpc } from '@backstop/client';
import { type Address, getI64Decoder, getU64Decoder } from '@solana/kit';
import type { BankSettings } from '../file/fields.ts';
import type { Desired, Mint } from '../file/resolve.ts';
import { MigrationError } from '../error.ts';
import type { InForce, Observed, Queued } from '../plan/state.ts';
import { bankSettings, marketSettings } from './codec.ts';

const CLOCK = 'SysvarC1ock11111111111111111111111111111111' as Address;
const CLOCK_TIME_AT = 32;
const MINT_SUPPLY_AT = 36;
const MINT_DECIMALS_AT = 44;

/** Reads mints; those that are not there are left out. */
export async function fetchMints(
    rpc: ReadRpc,
    addresses: readonly Address[],
): Promise<Map<Address, Mint>> {
    const mints = new Map<Address, Mint>();
    for (const account of await fetchMany(rpc, addresses)) {
        if (!account.exists) continue;
        const decimals = account.data[MINT_DECIMALS_AT];
        if (decimals === undefined) continue;
        const supply = getU64Decoder().decode(account.data, MINT_SUPPLY_AT);
        mints.set(account.address, { tokenProgram: account.programAddress, decimals, supply });
    }
    return mints;
}

/** Reads market, banks and clock. */
export async function observe(
    rpc: ReadRpc,
    desired: Desired,
    adoptedSupply: bigint,
): Promise<Observed> {
    const [clock, account] = await fetchMany(rpc, [CLOCK, desired.keys.market]);
    if (!clock?.exists) {
        throw new MigrationError('this cluster has no clock', 'check --url: is it a Solana node?');
    }
    const now = getI64Decoder().decode(clock.data, CLOCK_TIME_AT);
    const banks = new Map<Address, InForce<BankSettings>>();
    if (!account?.exists) return { now, market: undefined, banks, adoptedSupply };
    const { data } = readMarket(account);
    for (const bank of await fetchBanks(rpc, desired.keys.market)) {
        const { config, pendingConfig, pendingConfigAt } = bank.data;
        banks.set(bank.address, {
            settings: bankSettings(config),
            queued: queued(pendingConfigAt, () => bankSettings(pendingConfig)),
        });
    }
    const market = {
        admin: data.admin,
        settings: marketSettings(data.config),
        queued: queued(data.pendingConfigAt, () => marketSettings(data.pendingConfig)),
        obligations: data.obligations,
        supply: data.supply,
        outstanding: data.outstanding,
    };
    return { now, market, banks, adoptedSupply };
}

function queued<T>(from: bigint, settings: () => T): Queued<T> | undefined {
    return from === 0n ? undefined : { settings: settings(), from };
}
