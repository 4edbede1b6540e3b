//! Rows of lenders, borrowers and liquidators.

use {
    super::{
        FOLLOWING, LIQUIDITY, MINT, NOT_HIS_TOKENS, PAIRED_BANK, PAIRED_ORACLE, SEEDS,
        SYSTEM_PROGRAM, TOKEN_PROGRAM,
    },
    crate::{
        expectations::{
            Expected::{Allowed, Anchor, Ours},
            Kind::{
                Bank, Created, Destination, Following, Market, Obligation, PairedBank,
                PairedOracle, Payer, Pinned, Rent, Signer, Source,
            },
            Row,
        },
        natures::{Asset::Own, Vault::Liquidity},
    },
    backstop::error::BackstopError as E,
};

pub const ROWS: &[Row] = &[
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
            (FOLLOWING, Following(E::BankMissing)),
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
        "liquidate",
        &[
            ("liquidator", Signer(Ours(E::NotOwner))),
            (
                "liquidator_obligation",
                Obligation(Ours(E::NotOwner), Ours(E::WrongMarket)),
            ),
            (
                "obligation",
                Obligation(Ours(E::NoPosition), Ours(E::WrongMarket)),
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
            (FOLLOWING, Following(E::BankMissing)),
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
            (FOLLOWING, Following(E::BankMissing)),
        ],
    ),
];
