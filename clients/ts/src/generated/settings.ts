// Written by scripts/generate.mjs from clients/idl/settings.json: do not edit.

import { PYTH_CORE } from '../oracle.js';
import type { BankConfig, MarketConfig } from './types/index.js';

/** That many hundredths of a whole token in atoms, at least one. */
function hundredths(count: bigint, decimals: number): bigint {
    const atoms = (10n ** BigInt(decimals) * count + 99n) / 100n;
    return BigInt.asUintN(64, atoms) === atoms ? atoms : 2n ** 64n - 1n;
}

/** Settings of a bank, in the order of the account's bytes. */
export const BANK_SETTINGS = [
    { name: "fixedFloorRate", meaning: "(rate) Least price of an auction in this bank; 0 for none.", group: "Bad debt", unit: "Rate", waits: "Both", bounds: ".." },
    { name: "fixedStartRate", meaning: "(rate) Start price of an auction where the market has no governance feed.", group: "Bad debt", unit: "Rate", waits: "Both", bounds: ".." },
    { name: "depositCap", meaning: "(atoms) Most that lenders may own. Shares received by liquidation are not capped.", group: "Deposits and loans", unit: "Tokens", waits: "Up", bounds: ".." },
    { name: "borrowCap", meaning: "(atoms) Most that may be borrowed.", group: "Deposits and loans", unit: "Tokens", waits: "Up", bounds: ".." },
    { name: "minDebt", meaning: "(atoms) Least debt of a position.", group: "Liquidation", unit: "Tokens", waits: "Both", bounds: "1.." },
    { name: "fullCloseDebt", meaning: "(atoms) Debts up to this size may be liquidated in one go.", group: "Liquidation", unit: "Tokens", waits: "Up", bounds: ".." },
    { name: "drawLimit", meaning: "(atoms) Most that leaves the insurance vault per window; 0 means unlimited.", group: "Bad debt", unit: "Tokens", waits: "Both", bounds: ".." },
    { name: "bountyCap", meaning: "(atoms) Most paid in bounties per window; 0 means none.", group: "Bad debt", unit: "Tokens", waits: "Up", bounds: ".." },
    { name: "bountyMinLoss", meaning: "(atoms) No bounty for a smaller loss.", group: "Bad debt", unit: "Tokens", waits: "Down", bounds: ".." },
    { name: "minAuctionDeficit", meaning: "(atoms) No auction for a smaller deficit, no buy-back with a smaller budget.", group: "Bad debt", unit: "Tokens", waits: "Both", bounds: ".." },
    { name: "oracleProgram", meaning: "Receiver program that must own the price account.", group: "Prices", unit: "Receiver", waits: "Both", bounds: ".." },
    { name: "feedId", meaning: "Pyth feed of the asset.", group: "Prices", unit: "Feed", waits: "Both", bounds: ".." },
    { name: "collateralFactorBps", meaning: "(bps) Share of collateral that counts when borrowing or withdrawing.", group: "What counts as collateral and debt", unit: "Bps", waits: "Up", bounds: ".." },
    { name: "liquidationThresholdBps", meaning: "(bps) Share of collateral that counts before liquidation.", group: "What counts as collateral and debt", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "liabilityWeightBps", meaning: "(bps) What a debt in this bank counts.", group: "What counts as collateral and debt", unit: "Bps", waits: "Both", bounds: "10000..=100000" },
    { name: "minBonusBps", meaning: "(bps) Liquidation bonus at the threshold, and whenever the obligation is underwater.", group: "Liquidation", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "maxBonusBps", meaning: "(bps) Liquidation bonus when the shortfall reaches `bonus_ramp_bps`.", group: "Liquidation", unit: "Bps", waits: "Both", bounds: "..=5000" },
    { name: "bonusRampBps", meaning: "(bps) Shortfall of weighted debt at which the bonus is largest.", group: "Liquidation", unit: "Bps", waits: "Both", bounds: "1..=10000" },
    { name: "bonusInsuranceBps", meaning: "(bps) Part of the bonus that goes to the collateral bank's insurance fees.", group: "Liquidation", unit: "Bps", waits: "Up", bounds: "..=10000" },
    { name: "targetHealthBps", meaning: "(bps) Weighted collateral over weighted debt that a liquidation restores.", group: "Liquidation", unit: "Bps", waits: "Both", bounds: "10000..=20000" },
    { name: "maxUtilisationBps", meaning: "(bps) Most of cash and loans together that may be lent out by a new loan.", group: "Deposits and loans", unit: "Bps", waits: "Up", bounds: "..=10000" },
    { name: "baseRateBps", meaning: "(bps) Yearly interest of an unused bank.", group: "Deposits and loans", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "slopeBelowBps", meaning: "(bps) Rise of the yearly interest from 0 to the kink.", group: "Deposits and loans", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "slopeAboveBps", meaning: "(bps) Rise of the yearly interest from the kink to full use.", group: "Deposits and loans", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "kinkBps", meaning: "(bps) Utilisation at the kink.", group: "Deposits and loans", unit: "Bps", waits: "Both", bounds: "1..=9999" },
    { name: "protocolFeeBps", meaning: "(bps) Share of interest for the protocol.", group: "Deposits and loans", unit: "Bps", waits: "Up", bounds: ".." },
    { name: "insuranceFeeBps", meaning: "(bps) Share of interest for insurance.", group: "Deposits and loans", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "maxAgeSecs", meaning: "(secs) Oldest price accepted.", group: "Prices", unit: "Secs", waits: "Up", bounds: "1..=600" },
    { name: "maxConfBps", meaning: "(bps) Widest confidence interval accepted, against the lower of spot and average.", group: "Prices", unit: "Bps", waits: "Up", bounds: "1..=2000" },
    { name: "maxDivergenceBps", meaning: "(bps) Largest distance of spot from average accepted, against the average.", group: "Prices", unit: "Bps", waits: "Up", bounds: "1..=5000" },
    { name: "minRiskAgeSecs", meaning: "(secs) From the owner's last loan or withdrawal to a write-off.", group: "Bad debt", unit: "Secs", waits: "Both", bounds: "1..=2592000" },
    { name: "limitWindowSecs", meaning: "(secs) Window of `draw_limit` and `bounty_cap`.", group: "Bad debt", unit: "Secs", waits: "Both", bounds: "1..=2592000" },
    { name: "bountyBps", meaning: "(bps) Keeper's share of a loss.", group: "Bad debt", unit: "Bps", waits: "Up", bounds: "..=1000" },
    { name: "socialiseDelaySecs", meaning: "(secs) How long a deficit waits when issuance cannot help.", group: "Bad debt", unit: "Secs", waits: "Down", bounds: "1..=2592000" },
    { name: "socialiseDeadlineSecs", meaning: "(secs) How long a deficit waits at the most.", group: "Bad debt", unit: "Secs", waits: "Both", bounds: "1..=2592000" },
    { name: "insuranceTargetBps", meaning: "(bps) Insurance above this share of what is borrowed may buy back.", group: "Bad debt", unit: "Bps", waits: "Down", bounds: "..=10000" },
    { name: "writeOffMode", meaning: "Write-offs: 0 disabled, 1 insurance only, 2 full.", group: "Bad debt", unit: "Mode", waits: "Both", bounds: "..=2" },
    { name: "delisted", meaning: "1 if the asset can no longer be priced: deposits here count as nothing and are not seized; no deposits, no loans.", group: "What counts as collateral and debt", unit: "Flag", waits: "Both", bounds: "..=1" },
] as const;

/**
 * Settings of a bank as docs/risk.md recommends them where nothing is known but that
 * the asset is volatile; what must be chosen is passed.
 */
export function recommendedBank(
    chosen: Pick<BankConfig, 'feedId'>,
    decimals: number,
): BankConfig {
    return {
        fixedFloorRate: 0n,
        fixedStartRate: 0n,
        depositCap: hundredths(100000000000n, decimals),
        borrowCap: hundredths(80000000000n, decimals),
        minDebt: hundredths(1n, decimals),
        fullCloseDebt: hundredths(100n, decimals),
        drawLimit: 0n,
        bountyCap: hundredths(10000n, decimals),
        bountyMinLoss: hundredths(10n, decimals),
        minAuctionDeficit: hundredths(1n, decimals),
        oracleProgram: PYTH_CORE,
        collateralFactorBps: 7000,
        liquidationThresholdBps: 8000,
        liabilityWeightBps: 10000,
        minBonusBps: 200,
        maxBonusBps: 1000,
        bonusRampBps: 2000,
        bonusInsuranceBps: 2000,
        targetHealthBps: 10500,
        maxUtilisationBps: 9500,
        baseRateBps: 100,
        slopeBelowBps: 700,
        slopeAboveBps: 9000,
        kinkBps: 8000,
        protocolFeeBps: 500,
        insuranceFeeBps: 1000,
        maxAgeSecs: 60,
        maxConfBps: 200,
        maxDivergenceBps: 5000,
        minRiskAgeSecs: 60,
        limitWindowSecs: 86400,
        bountyBps: 50,
        socialiseDelaySecs: 259200,
        socialiseDeadlineSecs: 1209600,
        insuranceTargetBps: 500,
        writeOffMode: 2,
        delisted: 0,
        ...chosen,
        reserved: new Uint8Array(6),
    };
}

/** Settings of a market, in the order of the account's bytes. */
export const MARKET_SETTINGS = [
    { name: "guardian", meaning: "May pause for a bounded time, and nothing else.", group: "Roles", unit: "Role", waits: "Never", bounds: ".." },
    { name: "feeOwner", meaning: "Owner of the token accounts that protocol fees go to.", group: "Roles", unit: "Role", waits: "Never", bounds: ".." },
    { name: "oracleProgram", meaning: "Receiver program of the governance token's price; all zero for no feed.", group: "Prices", unit: "OptionalReceiver", waits: "Both", bounds: ".." },
    { name: "feedId", meaning: "Pyth feed of the governance token.", group: "Prices", unit: "OptionalFeed", waits: "Both", bounds: ".." },
    { name: "lifetimeIssuanceCap", meaning: "(governance atoms) Most that may ever be outstanding, net of what was burned unsold.", group: "Issuance", unit: "Governance", waits: "Both", bounds: ".." },
    { name: "configDelaySecs", meaning: "(secs) How long a risk-raising change waits.", group: "Delays", unit: "Secs", waits: "Down", bounds: "1..=2592000" },
    { name: "maxPauseSecs", meaning: "(secs) Longest pause, and the rest that must follow it.", group: "Delays", unit: "Secs", waits: "Up", bounds: "1..=2592000" },
    { name: "auctionDelaySecs", meaning: "(secs) From opening an auction to its first sale.", group: "Auctions", unit: "Secs", waits: "Both", bounds: "..=2592000" },
    { name: "auctionDurationSecs", meaning: "(secs) From the first sale to the floor; also the length of a buy-back.", group: "Auctions", unit: "Secs", waits: "Both", bounds: "1..=2592000" },
    { name: "maxDiscountBps", meaning: "(bps) Discount of the floor to the lower of spot and average.", group: "Auctions", unit: "Bps", waits: "Both", bounds: "..=9999" },
    { name: "premiumBps", meaning: "(bps) Premium of the start over the higher of spot and average.", group: "Auctions", unit: "Bps", waits: "Both", bounds: "..=10000" },
    { name: "maxFailedAuctions", meaning: "Auctions not sold out, since the deficit was last zero, after which issuance counts as hopeless.", group: "Auctions", unit: "Count", waits: "Down", bounds: "1.." },
    { name: "issuanceWindowBps", meaning: "(bps) Share of supply per window. Over one whole window up to twice as much can pass.", group: "Issuance", unit: "Bps", waits: "Both", bounds: "..=10000" },
    { name: "issuanceWindowSecs", meaning: "(secs) Window of `issuance_window_bps`.", group: "Issuance", unit: "Secs", waits: "Both", bounds: "1..=2592000" },
    { name: "issuanceAuctionBps", meaning: "(bps) Share of supply per auction.", group: "Issuance", unit: "Bps", waits: "Both", bounds: ".." },
    { name: "maxAgeSecs", meaning: "(secs) Oldest governance price accepted.", group: "Prices", unit: "Secs", waits: "Both", bounds: "1..=600" },
    { name: "maxConfBps", meaning: "(bps) Widest confidence interval accepted.", group: "Prices", unit: "Bps", waits: "Both", bounds: "1..=2000" },
    { name: "maxDivergenceBps", meaning: "(bps) Largest distance of spot from average accepted.", group: "Prices", unit: "Bps", waits: "Both", bounds: "1..=5000" },
] as const;

/**
 * Settings of a market as docs/risk.md recommends them where nothing is known but that
 * the asset is volatile; what must be chosen is passed.
 */
export function recommendedMarket(
    chosen: Pick<MarketConfig, 'guardian' | 'feeOwner' | 'feedId' | 'lifetimeIssuanceCap'>,
): MarketConfig {
    return {
        oracleProgram: PYTH_CORE,
        configDelaySecs: 172800,
        maxPauseSecs: 86400,
        auctionDelaySecs: 7200,
        auctionDurationSecs: 21600,
        maxDiscountBps: 4000,
        premiumBps: 1000,
        maxFailedAuctions: 3,
        issuanceWindowBps: 1000,
        issuanceWindowSecs: 604800,
        issuanceAuctionBps: 500,
        maxAgeSecs: 60,
        maxConfBps: 500,
        maxDivergenceBps: 5000,
        ...chosen,
        reserved: 0,
    };
}
