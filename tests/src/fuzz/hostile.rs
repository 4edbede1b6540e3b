//! Settings at the edge of what is accepted, and beyond.

use {
    super::case::{Setup, BANKS},
    crate::model::settings::{BankChange, MarketChange},
    rand::Rng,
    rand_chacha::ChaCha8Rng,
};

/// How a market is set up: one in three as recommended, the others with up to
/// five settings moved, all of them within bounds.
pub fn setup(rng: &mut ChaCha8Rng) -> Setup {
    let mut setup = Setup {
        feed: rng.random_range(0..4) > 0,
        ..Setup::default()
    };
    for bank in 0..BANKS {
        // Without a limit on draws most runs never see one bind.
        if rng.random_range(0..3) == 0 {
            setup.banks[bank].push(BankChange::DrawLimit(rng.random_range(1..1_000_000_000)));
        }
        for _ in 0..rng.random_range(0..4) {
            setup.banks[bank].push(valid_bank_change(rng));
        }
    }
    // An auction that opens at once is met by more buyers in a short run.
    if rng.random_range(0..2) == 0 {
        setup.market.push(MarketChange::AuctionDelay(0));
    }
    if rng.random_range(0..3) == 0 {
        setup.market.push(MarketChange::MaxFailedAuctions(1));
    }
    if rng.random_range(0..4) == 0 {
        setup
            .market
            .push(MarketChange::IssuanceAuction(rng.random_range(0..20)));
    }
    if rng.random_range(0..6) == 0 {
        setup.market.push(MarketChange::LifetimeCap(
            rng.random_range(0..50_000_000_000),
        ));
    }
    setup
}

fn valid_bank_change(rng: &mut ChaCha8Rng) -> BankChange {
    match rng.random_range(0..11) {
        0 => BankChange::Mode(rng.random_range(1..=2)),
        1 => BankChange::CollateralFactor(rng.random_range(0..8_000)),
        2 => BankChange::MinDebt(1),
        3 => BankChange::Bounty(rng.random_range(0..=1_000)),
        4 => BankChange::MinAuctionDeficit(0),
        5 => BankChange::SocialiseDelay(rng.random_range(1..200_000)),
        6 => BankChange::SlopeAbove(rng.random_range(0..=90_000)),
        7 => BankChange::ProtocolFee(rng.random_range(0..=9_000)),
        8 => BankChange::InsuranceFee(rng.random_range(0..=1_000)),
        9 => BankChange::MinRiskAge(1),
        _ => BankChange::InsuranceTarget(0),
    }
}

/// A change that an admin sends while the market runs.
pub fn bank_change(rng: &mut ChaCha8Rng) -> BankChange {
    match rng.random_range(0..18) {
        0 => BankChange::Mode(rng.random_range(0..=3)),
        1 => BankChange::Delisted(rng.random_range(0..=2)),
        2 => BankChange::CollateralFactor(rng.random_range(0..=9_000)),
        3 => BankChange::DepositCap(rng.random()),
        4 => BankChange::BorrowCap(rng.random()),
        5 => BankChange::MinDebt(rng.random_range(0..1_000_000)),
        6 => BankChange::DrawLimit(rng.random_range(0..1_000_000_000)),
        7 => BankChange::Bounty(rng.random_range(0..=1_001)),
        8 => BankChange::MinAuctionDeficit(rng.random_range(0..1_000_000)),
        9 => BankChange::SocialiseDelay(rng.random_range(0..2_000_000)),
        10 => BankChange::SlopeAbove(rng.random_range(0..=110_000)),
        11 => BankChange::ProtocolFee(rng.random_range(0..=11_000)),
        12 => BankChange::InsuranceFee(rng.random_range(0..=11_000)),
        13 => BankChange::MaxConf(rng.random_range(0..=2_100)),
        14 => BankChange::MinRiskAge(rng.random_range(0..=100_000)),
        15 => BankChange::InsuranceTarget(rng.random_range(0..=10_001)),
        // Listed again, so that runs come back from a delisting.
        16 => BankChange::Delisted(0),
        _ => BankChange::Mode(2),
    }
}

/// The same for the market.
pub fn market_change(rng: &mut ChaCha8Rng) -> MarketChange {
    match rng.random_range(0..9) {
        0 => MarketChange::MaxFailedAuctions(rng.random_range(0..5)),
        1 => MarketChange::LifetimeCap(rng.random_range(0..=300_000_000_000)),
        2 => MarketChange::IssuanceWindow(rng.random_range(0..=10_100)),
        3 => MarketChange::IssuanceAuction(rng.random_range(0..=2_000)),
        4 => MarketChange::AuctionDelay(rng.random_range(0..=100_000)),
        5 => MarketChange::MaxDiscount(rng.random_range(0..=10_000)),
        6 => MarketChange::MaxPause(rng.random_range(0..=100_000)),
        7 => MarketChange::ConfigDelay(rng.random_range(0..=300_000)),
        _ => MarketChange::MaxConf(rng.random_range(0..=2_100)),
    }
}
