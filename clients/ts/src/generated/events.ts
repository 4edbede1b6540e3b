// Written by scripts/generate.mjs from clients/idl/backstop.json: do not edit.

import {
    getAdminChangedDecoder,
    getAuctionClosedDecoder,
    getBankCreatedDecoder,
    getBorrowedDecoder,
    getBuyBackClosedDecoder,
    getBuyBackStartedDecoder,
    getConfigChangedDecoder,
    getDebtWrittenOffDecoder,
    getDeficitCoveredDecoder,
    getDeficitSocialisedDecoder,
    getDepositedDecoder,
    getFeesCollectedDecoder,
    getGovernanceBoughtDecoder,
    getGovernanceSoldDecoder,
    getInsuranceFundedDecoder,
    getLiquidatedDecoder,
    getMarketCreatedDecoder,
    getPauseChangedDecoder,
    getRepaidDecoder,
    getWithdrawnDecoder,
    getWrittenOffRepaidDecoder,
    type AdminChanged,
    type AuctionClosed,
    type BankCreated,
    type Borrowed,
    type BuyBackClosed,
    type BuyBackStarted,
    type ConfigChanged,
    type DebtWrittenOff,
    type DeficitCovered,
    type DeficitSocialised,
    type Deposited,
    type FeesCollected,
    type GovernanceBought,
    type GovernanceSold,
    type InsuranceFunded,
    type Liquidated,
    type MarketCreated,
    type PauseChanged,
    type Repaid,
    type Withdrawn,
    type WrittenOffRepaid,
} from './types/index.js';

/** The fields of every event, by its name. */
export interface BackstopEvents {
    readonly AdminChanged: AdminChanged;
    readonly AuctionClosed: AuctionClosed;
    readonly BankCreated: BankCreated;
    readonly Borrowed: Borrowed;
    readonly BuyBackClosed: BuyBackClosed;
    readonly BuyBackStarted: BuyBackStarted;
    readonly ConfigChanged: ConfigChanged;
    readonly DebtWrittenOff: DebtWrittenOff;
    readonly DeficitCovered: DeficitCovered;
    readonly DeficitSocialised: DeficitSocialised;
    readonly Deposited: Deposited;
    readonly FeesCollected: FeesCollected;
    readonly GovernanceBought: GovernanceBought;
    readonly GovernanceSold: GovernanceSold;
    readonly InsuranceFunded: InsuranceFunded;
    readonly Liquidated: Liquidated;
    readonly MarketCreated: MarketCreated;
    readonly PauseChanged: PauseChanged;
    readonly Repaid: Repaid;
    readonly Withdrawn: Withdrawn;
    readonly WrittenOffRepaid: WrittenOffRepaid;
}

/** An event of the program: its name, and its fields as the program documents them. */
export type BackstopEvent = {
    [N in keyof BackstopEvents]: { readonly name: N; readonly data: BackstopEvents[N] };
}[keyof BackstopEvents];

/** Name, discriminator and decoder of every event. */
export const EVENTS = [
    { name: 'AdminChanged', discriminator: [232, 34, 31, 226, 62, 18, 19, 114], decoder: getAdminChangedDecoder },
    { name: 'AuctionClosed', discriminator: [104, 72, 168, 177, 241, 79, 231, 167], decoder: getAuctionClosedDecoder },
    { name: 'BankCreated', discriminator: [190, 21, 118, 251, 227, 119, 197, 129], decoder: getBankCreatedDecoder },
    { name: 'Borrowed', discriminator: [225, 182, 241, 78, 34, 145, 253, 230], decoder: getBorrowedDecoder },
    { name: 'BuyBackClosed', discriminator: [118, 180, 87, 101, 158, 191, 110, 151], decoder: getBuyBackClosedDecoder },
    { name: 'BuyBackStarted', discriminator: [180, 59, 49, 47, 7, 169, 198, 126], decoder: getBuyBackStartedDecoder },
    { name: 'ConfigChanged', discriminator: [147, 25, 86, 98, 98, 77, 78, 192], decoder: getConfigChangedDecoder },
    { name: 'DebtWrittenOff', discriminator: [209, 2, 110, 82, 195, 224, 240, 68], decoder: getDebtWrittenOffDecoder },
    { name: 'DeficitCovered', discriminator: [213, 208, 5, 40, 54, 111, 109, 198], decoder: getDeficitCoveredDecoder },
    { name: 'DeficitSocialised', discriminator: [183, 155, 101, 73, 175, 153, 143, 255], decoder: getDeficitSocialisedDecoder },
    { name: 'Deposited', discriminator: [111, 141, 26, 45, 161, 35, 100, 57], decoder: getDepositedDecoder },
    { name: 'FeesCollected', discriminator: [233, 23, 117, 225, 107, 178, 254, 8], decoder: getFeesCollectedDecoder },
    { name: 'GovernanceBought', discriminator: [165, 44, 199, 16, 254, 247, 157, 116], decoder: getGovernanceBoughtDecoder },
    { name: 'GovernanceSold', discriminator: [223, 2, 102, 25, 89, 76, 115, 244], decoder: getGovernanceSoldDecoder },
    { name: 'InsuranceFunded', discriminator: [158, 72, 23, 80, 138, 56, 33, 206], decoder: getInsuranceFundedDecoder },
    { name: 'Liquidated', discriminator: [231, 57, 55, 75, 0, 170, 246, 68], decoder: getLiquidatedDecoder },
    { name: 'MarketCreated', discriminator: [88, 184, 130, 231, 226, 84, 6, 58], decoder: getMarketCreatedDecoder },
    { name: 'PauseChanged', discriminator: [238, 188, 213, 78, 134, 209, 178, 218], decoder: getPauseChangedDecoder },
    { name: 'Repaid', discriminator: [38, 248, 231, 7, 150, 164, 172, 23], decoder: getRepaidDecoder },
    { name: 'Withdrawn', discriminator: [20, 89, 223, 198, 194, 124, 219, 13], decoder: getWithdrawnDecoder },
    { name: 'WrittenOffRepaid', discriminator: [172, 175, 158, 125, 157, 185, 17, 66], decoder: getWrittenOffRepaidDecoder },
] as const;
