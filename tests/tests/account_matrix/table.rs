//! A row for every slot of every instruction. What a new instruction or slot
//! is for has to be said here before any test passes.

use {
    crate::{
        expectations::{
            Expected::{self, Allowed, Anchor, Ours, Token},
            Kind::{
                self, Bank, Created, Destination, EventAuthority, FeeAccount, Following,
                GovernanceOracle, Listed, Market, Obligation, OwnProgram, PairedBank, PairedOracle,
                Payer, Pinned, Program, Rent, Seed, Signer, Source,
            },
            Row, OWNER_MISMATCH,
        },
        natures::{
            Asset::{Governance, Own},
            Vault::{Escrow, Insurance, Liquidity},
        },
    },
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
};

const SEEDS: ErrorCode = ErrorCode::ConstraintSeeds;
const LIQUIDITY: (&str, Kind) = ("liquidity_vault", Pinned(E::WrongVault));
const INSURANCE: (&str, Kind) = ("insurance_vault", Pinned(E::WrongVault));
const MINT: (&str, Kind) = ("mint", Pinned(E::WrongMint));
const TOKEN_PROGRAM: (&str, Kind) = ("token_program", Pinned(E::WrongTokenProgram));
const ESCROW: (&str, Kind) = ("governance_escrow", Pinned(E::WrongVault));
const GOVERNANCE_MINT: (&str, Kind) = ("governance_mint", Pinned(E::WrongMint));
const GOVERNANCE_PROGRAM: (&str, Kind) = ("governance_token_program", Pinned(E::WrongTokenProgram));
const EVENT_AUTHORITY: (&str, Kind) = ("event_authority", EventAuthority);
const PROGRAM: (&str, Kind) = ("program", OwnProgram);
const SYSTEM_PROGRAM: (&str, Kind) = ("system_program", Program);

/// Banks and oracles that follow the named accounts, under one name each.
pub const FOLLOWING: &str = "(following)";
/// See [`FOLLOWING`].
pub const PAIRED_BANK: &str = "(bank of a pair)";
/// See [`FOLLOWING`].
pub const PAIRED_ORACLE: &str = "(oracle of a pair)";

const NOT_HIS_TOKENS: Expected = Token(OWNER_MISMATCH);
const NO_ISSUANCE: Expected = Allowed("without a usable price nothing is issued");

/// Every instruction of the IDL with every account, in order.
pub const ROWS: &[Row] = &[
    (
        "accept_admin",
        &[
            ("new_admin", Signer(Ours(E::NotPendingAdmin))),
            ("market", Market(Ours(E::NotPendingAdmin))),
        ],
    ),
    (
        "apply_bank_update",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::NoPendingUpdate), Ours(E::WrongMarket))),
        ],
    ),
    (
        "apply_market_update",
        &[("market", Market(Ours(E::NoPendingUpdate)))],
    ),
    (
        "borrow",
        &[
            ("owner", Signer(Ours(E::NotOwner))),
            ("market", Market(Ours(E::WrongMarket))),
            (
                "obligation",
                Obligation(Ours(E::NotOwner), Ours(E::WrongMarket)),
            ),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ("destination", Destination(Own, &[Liquidity])),
            LIQUIDITY,
            MINT,
            TOKEN_PROGRAM,
            (FOLLOWING, Following),
        ],
    ),
    (
        "buy_governance",
        &[
            ("buyer", Signer(NOT_HIS_TOKENS)),
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongVault))),
            ("buyer_token_account", Source(Own)),
            (
                "buyer_governance_account",
                Destination(Governance, &[Escrow]),
            ),
            LIQUIDITY,
            MINT,
            TOKEN_PROGRAM,
            ESCROW,
            GOVERNANCE_MINT,
            GOVERNANCE_PROGRAM,
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "cancel_bank_update",
        &[
            ("admin", Signer(Ours(E::NotAdmin))),
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::NoPendingUpdate), Ours(E::WrongMarket))),
        ],
    ),
    (
        "cancel_market_update",
        &[
            ("admin", Signer(Ours(E::NotAdmin))),
            ("market", Market(Ours(E::NotAdmin))),
        ],
    ),
    (
        "close_auction",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ESCROW,
            GOVERNANCE_MINT,
            GOVERNANCE_PROGRAM,
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "close_buy_back",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::NoAuction), Ours(E::WrongMarket))),
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "close_obligation",
        &[
            ("owner", Signer(Ours(E::NotOwner))),
            (
                "obligation",
                Obligation(
                    Ours(E::NotOwner),
                    Allowed("the owner's, and empty: which one is his choice"),
                ),
            ),
            ("rent_receiver", Rent),
        ],
    ),
    (
        "collect_fees",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ("fee_token_account", FeeAccount),
            LIQUIDITY,
            INSURANCE,
            MINT,
            TOKEN_PROGRAM,
        ],
    ),
    (
        "cover_deficit",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongVault))),
            LIQUIDITY,
            INSURANCE,
            MINT,
            TOKEN_PROGRAM,
            ESCROW,
            GOVERNANCE_MINT,
            GOVERNANCE_PROGRAM,
            ("governance_oracle", GovernanceOracle(NO_ISSUANCE)),
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "create_bank",
        &[
            ("payer", Payer),
            ("admin", Signer(Ours(E::NotAdmin))),
            ("market", Market(Anchor(SEEDS))),
            ("mint", Seed),
            ("bank", Created),
            ("liquidity_vault", Created),
            ("insurance_vault", Created),
            ("governance_mint", Listed),
            ("governance_escrow", Created),
            ("token_program", Program),
            ("governance_token_program", Program),
            SYSTEM_PROGRAM,
        ],
    ),
    (
        "create_market",
        &[
            ("payer", Payer),
            (
                "admin",
                Signer(Allowed("the mint's authority signs for who becomes admin")),
            ),
            ("mint_authority", Signer(Ours(E::NotMintAuthority))),
            ("governance_mint", Seed),
            ("market", Created),
            ("governance_token_program", Program),
            SYSTEM_PROGRAM,
        ],
    ),
    (
        "create_market_with_mint",
        &[
            ("payer", Payer),
            ("admin", Signer(Anchor(SEEDS))),
            ("governance_mint", Created),
            ("supply_owner", Listed),
            ("supply_account", Created),
            ("market", Created),
            ("governance_token_program", Program),
            ("associated_token_program", Program),
            SYSTEM_PROGRAM,
        ],
    ),
    (
        "deposit",
        &[
            ("owner", Signer(Ours(E::NotOwner))),
            (
                "obligation",
                Obligation(Ours(E::NotOwner), Ours(E::WrongMarket)),
            ),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ("owner_token_account", Source(Own)),
            LIQUIDITY,
            MINT,
            TOKEN_PROGRAM,
        ],
    ),
    (
        "fund_insurance",
        &[
            ("payer", Signer(NOT_HIS_TOKENS)),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongVault))),
            ("payer_token_account", Source(Own)),
            INSURANCE,
            MINT,
            TOKEN_PROGRAM,
        ],
    ),
    (
        "lift_pause",
        &[
            ("authority", Signer(Ours(E::NotGuardian))),
            ("market", Market(Ours(E::NotGuardian))),
        ],
    ),
    (
        "liquidate",
        &[
            ("liquidator", Signer(Ours(E::NotOwner))),
            (
                "liquidator_obligation",
                Obligation(Ours(E::NotOwner), Ours(E::WrongMarket)),
            ),
            (
                "obligation",
                Obligation(Ours(E::WrongBankList), Ours(E::WrongMarket)),
            ),
            ("debt_bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            (
                "collateral_bank",
                Bank(Ours(E::NoPosition), Ours(E::WrongMarket)),
            ),
            ("liquidator_token_account", Source(Own)),
            ("debt_liquidity_vault", Pinned(E::WrongVault)),
            ("debt_mint", Pinned(E::WrongMint)),
            ("debt_token_program", Pinned(E::WrongTokenProgram)),
            (FOLLOWING, Following),
        ],
    ),
    (
        "open_obligation",
        &[
            ("payer", Payer),
            ("owner", Signer(Anchor(SEEDS))),
            ("market", Market(Anchor(SEEDS))),
            ("obligation", Created),
            SYSTEM_PROGRAM,
        ],
    ),
    (
        "pause",
        &[
            ("authority", Signer(Ours(E::NotGuardian))),
            ("market", Market(Ours(E::NotGuardian))),
        ],
    ),
    (
        "propose_admin",
        &[
            ("admin", Signer(Ours(E::NotAdmin))),
            ("market", Market(Ours(E::NotAdmin))),
        ],
    ),
    (
        "refresh_banks",
        &[(PAIRED_BANK, PairedBank), (PAIRED_ORACLE, PairedOracle)],
    ),
    (
        "repay",
        &[
            ("payer", Signer(NOT_HIS_TOKENS)),
            (
                "obligation",
                Obligation(Ours(E::NoPosition), Ours(E::WrongMarket)),
            ),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ("payer_token_account", Source(Own)),
            LIQUIDITY,
            MINT,
            TOKEN_PROGRAM,
        ],
    ),
    (
        "repay_written_off",
        &[
            ("payer", Signer(NOT_HIS_TOKENS)),
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongVault))),
            (
                "obligation",
                Obligation(Ours(E::NoPosition), Ours(E::WrongMarket)),
            ),
            ("payer_token_account", Source(Own)),
            LIQUIDITY,
            INSURANCE,
            MINT,
            TOKEN_PROGRAM,
            ESCROW,
            GOVERNANCE_MINT,
            GOVERNANCE_PROGRAM,
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "sell_governance",
        &[
            ("seller", Signer(NOT_HIS_TOKENS)),
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ("seller_governance_account", Source(Governance)),
            ("destination", Destination(Own, &[Insurance])),
            INSURANCE,
            MINT,
            TOKEN_PROGRAM,
            GOVERNANCE_MINT,
            GOVERNANCE_PROGRAM,
            (
                "governance_oracle",
                GovernanceOracle(Ours(E::NoGovernancePrice)),
            ),
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "socialise_deficit",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::NoDeficit), Ours(E::WrongMarket))),
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "start_buy_back",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            (
                "bank",
                Bank(Ours(E::PriceNotRefreshed), Ours(E::WrongMarket)),
            ),
            (
                "governance_oracle",
                GovernanceOracle(Ours(E::NoGovernancePrice)),
            ),
            EVENT_AUTHORITY,
            PROGRAM,
        ],
    ),
    (
        "update_bank",
        &[
            ("admin", Signer(Ours(E::NotAdmin))),
            ("market", Market(Ours(E::WrongMarket))),
            (
                "bank",
                Bank(
                    Allowed("the admin signs for every bank of his market"),
                    Ours(E::WrongMarket),
                ),
            ),
        ],
    ),
    (
        "update_market",
        &[
            ("admin", Signer(Ours(E::NotAdmin))),
            ("market", Market(Ours(E::NotAdmin))),
        ],
    ),
    (
        "withdraw",
        &[
            ("owner", Signer(Ours(E::NotOwner))),
            (
                "obligation",
                Obligation(Ours(E::NotOwner), Ours(E::WrongMarket)),
            ),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongMarket))),
            ("destination", Destination(Own, &[Liquidity])),
            LIQUIDITY,
            MINT,
            TOKEN_PROGRAM,
            (FOLLOWING, Following),
        ],
    ),
    (
        "write_off",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongVault))),
            (
                "obligation",
                Obligation(Ours(E::WrongBankList), Ours(E::WrongMarket)),
            ),
            LIQUIDITY,
            INSURANCE,
            MINT,
            TOKEN_PROGRAM,
            ESCROW,
            GOVERNANCE_MINT,
            GOVERNANCE_PROGRAM,
            ("governance_oracle", GovernanceOracle(NO_ISSUANCE)),
            (
                "keeper_token_account",
                Destination(Own, &[Liquidity, Insurance]),
            ),
            EVENT_AUTHORITY,
            PROGRAM,
            (FOLLOWING, Following),
        ],
    ),
];
