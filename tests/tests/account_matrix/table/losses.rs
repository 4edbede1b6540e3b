//! Rows of bad debt: writing off, covering, selling, rebuilding.

use {
    super::{
        ESCROW, EVENT_AUTHORITY, FOLLOWING, GOVERNANCE_MINT, GOVERNANCE_PROGRAM, INSURANCE,
        LIQUIDITY, MINT, NOT_HIS_TOKENS, NO_ISSUANCE, PROGRAM, TOKEN_PROGRAM,
    },
    crate::{
        expectations::{
            Expected::Ours,
            Kind::{
                Bank, Destination, FeeAccount, Following, GovernanceOracle, Market, Obligation,
                Signer, Source,
            },
            Row,
        },
        natures::{
            Asset::{Governance, Own},
            Vault::{Escrow, Insurance, Liquidity},
        },
    },
    backstop::error::BackstopError as E,
};

pub const ROWS: &[Row] = &[
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
        "write_off",
        &[
            ("market", Market(Ours(E::WrongMarket))),
            ("bank", Bank(Ours(E::WrongVault), Ours(E::WrongVault))),
            (
                "obligation",
                Obligation(Ours(E::NoPosition), Ours(E::WrongMarket)),
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
            (FOLLOWING, Following(E::CollateralLeft)),
        ],
    ),
];
