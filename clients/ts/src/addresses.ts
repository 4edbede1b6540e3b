/** Every address that follows from another one. */
import { type Address, getAddressEncoder, getProgramDerivedAddress } from '@solana/kit';
import {
    type Bank,
    findBankPda,
    findGovernanceEscrowPda,
    findGovernanceMintPda,
    findInsuranceVaultPda,
    findLiquidityVaultPda,
    findMarketPda,
    findObligationPda,
    type Market,
} from './generated/index.js';
import { oracleAccount, type OracleMap } from './oracle.js';

/** The token program. */
export const TOKEN_PROGRAM =
    'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address<'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'>;
/** The program of associated token accounts. */
export const ASSOCIATED_TOKEN_PROGRAM =
    'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL' as Address<'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'>;
/** The system program. */
export const SYSTEM_PROGRAM =
    '11111111111111111111111111111111' as Address<'11111111111111111111111111111111'>;

/** Addresses of a market. */
export interface MarketKeys {
    /** The market. */
    readonly market: Address;
    /** Its governance mint. */
    readonly mint: Address;
    /** Token program of that mint. */
    readonly tokenProgram: Address;
    /** Price account of the governance token, if it has a feed. */
    readonly oracle: Address | undefined;
}

/** Addresses of a bank. */
export interface BankKeys {
    /** Its market. */
    readonly market: MarketKeys;
    /** The bank. */
    readonly bank: Address;
    /** Its asset. */
    readonly mint: Address;
    /** Token program of the asset. */
    readonly tokenProgram: Address;
    /** Liquidity vault. */
    readonly liquidityVault: Address;
    /** Insurance vault. */
    readonly insuranceVault: Address;
    /** Governance tokens on auction. */
    readonly governanceEscrow: Address;
    /** Price account of the asset. */
    readonly oracle: Address;
}

/** The market of a governance mint, before it exists. */
export async function deriveMarketKeys(
    mint: Address,
    tokenProgram: Address,
    oracle?: Address,
): Promise<MarketKeys> {
    const [market] = await findMarketPda({ governanceMint: mint });
    return { market, mint, tokenProgram, oracle };
}

/** The keys of a market that exists. */
export async function marketKeysOf(
    market: Address,
    state: Market,
    oracles: OracleMap = new Map(),
): Promise<MarketKeys> {
    const { oracleProgram, feedId } = state.config;
    const hasFeed = oracleProgram !== SYSTEM_PROGRAM;
    return {
        market,
        mint: state.governanceMint,
        tokenProgram: state.governanceTokenProgram,
        oracle: hasFeed ? await oracleAccount(oracles, oracleProgram, feedId) : undefined,
    };
}

/** The bank of a mint, before it exists. */
export async function deriveBankKeys(
    market: MarketKeys,
    mint: Address,
    tokenProgram: Address,
    oracle: Address,
): Promise<BankKeys> {
    const [bank] = await findBankPda({ market: market.market, mint });
    const vaults = await Promise.all([
        findLiquidityVaultPda({ bank }),
        findInsuranceVaultPda({ bank }),
        findGovernanceEscrowPda({ bank }),
    ]);
    const [[liquidityVault], [insuranceVault], [governanceEscrow]] = vaults;
    return {
        market,
        bank,
        mint,
        tokenProgram,
        liquidityVault,
        insuranceVault,
        governanceEscrow,
        oracle,
    };
}

/** The keys of a bank that exists. */
export async function bankKeysOf(
    market: MarketKeys,
    bank: Address,
    state: Bank,
    oracles: OracleMap = new Map(),
): Promise<BankKeys> {
    const { mint, tokenProgram, liquidityVault, insuranceVault, governanceEscrow } = state;
    const { oracleProgram, feedId } = state.config;
    const oracle = await oracleAccount(oracles, oracleProgram, feedId);
    return {
        market,
        bank,
        mint,
        tokenProgram,
        liquidityVault,
        insuranceVault,
        governanceEscrow,
        oracle,
    };
}

/** The mint that `createMarketWithMint` makes. */
export async function createdMintAddress(admin: Address, index: number): Promise<Address> {
    const [address] = await findGovernanceMintPda({ admin, index });
    return address;
}

/** An obligation of `owner`; an owner may have 65 536 in a market. */
export async function obligationAddress(
    market: Address,
    owner: Address,
    index = 0,
): Promise<Address> {
    const [address] = await findObligationPda({ market, owner, index });
    return address;
}

/** An owner's token account for a mint, at the address where wallets look. */
export async function associatedTokenAddress(
    token: Pick<MarketKeys, 'mint' | 'tokenProgram'>,
    owner: Address,
): Promise<Address> {
    const encoder = getAddressEncoder();
    const [address] = await getProgramDerivedAddress({
        programAddress: ASSOCIATED_TOKEN_PROGRAM,
        seeds: [owner, token.tokenProgram, token.mint].map((key) => encoder.encode(key)),
    });
    return address;
}
