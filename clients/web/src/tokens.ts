/**
 * Names of a few mints. The list is fixed: a name that came with a link, or from
 * the chain, could call any token a dollar.
 */
import type { Address } from '@solana/kit';
import { short } from './text.js';

const NAMES: Readonly<Record<string, string>> = {
    // Mainnet.
    So11111111111111111111111111111111111111112: 'SOL',
    EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v: 'USDC',
    Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB: 'USDT',
    // The local chain: the same mints on each.
    '3R2D5uRNqkv7grW6meZpuJcn8FEvqrvtrpfBJQqaX6V1': 'local SOL',
    C8759Kz87BkukDTaY2ABwLB9eF7CeH7GG6bSv3WGw9Lk: 'local USDC',
    DtJqg51XVEzFPQYzRh35isig9MzkaKyzviXW4NtwbT1X: 'local GOV',
};

/** The name of a mint, or the ends of its address. */
export function tokenName(mint: Address): string {
    return NAMES[mint] ?? short(mint);
}
