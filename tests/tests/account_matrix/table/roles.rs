//! Rows of the roles, and of whoever founds markets and banks.

use {
    super::{SEEDS, SYSTEM_PROGRAM},
    crate::expectations::{
        Expected::{Allowed, Anchor, Ours},
        Kind::{Bank, Created, Listed, Market, Payer, Program, Seed, Signer},
        Row,
    },
    backstop::error::BackstopError as E,
};

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
        "lift_pause",
        &[
            ("authority", Signer(Ours(E::NotGuardian))),
            ("market", Market(Ours(E::NotGuardian))),
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
];
