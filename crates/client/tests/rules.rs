//! Every rule of the engine has the program's error of the same name.

use backstop_client::{engine::EngineError as E, error::Refusal};

/// One of each, with numbers that do not matter.
fn every_rule() -> Vec<E> {
    vec![
        E::Overflow,
        E::Underflow,
        E::DivisionByZero,
        E::ZeroAmount,
        E::TimeWentBack { last: 2, now: 1 },
        E::AmountTooSmall,
        E::WoundDown,
        E::DepositCapExceeded { after: 2, cap: 1 },
        E::BorrowCapExceeded { after: 2, cap: 1 },
        E::UtilisationTooHigh {
            borrowed: 2,
            cash: 1,
            max_bps: 1,
        },
        E::InsufficientCash { wanted: 2, cash: 1 },
        E::InsufficientShares,
        E::NoDebt,
        E::DebtBelowMinimum { left: 1, min: 2 },
        E::BooksOutOfBalance {
            lender_assets: 1,
            expected: 2,
        },
        E::SplitOutOfBalance,
        E::PriceNotPositive { price: 0 },
        E::PriceExponent { exponent: 1 },
        E::PriceStale {
            published: 1,
            now: 9,
            max_age: 1,
        },
        E::PriceFromTheFuture {
            published: 2,
            now: 1,
        },
        E::PriceWentBack {
            published: 1,
            stored: 2,
        },
        E::PriceUncertain {
            conf: 2,
            price: 1,
            max_bps: 1,
        },
        E::PriceDiverges {
            spot: 2,
            ema: 1,
            max_bps: 1,
        },
        E::Unhealthy {
            collateral: 1,
            debt: 2,
        },
        E::Healthy {
            collateral: 2,
            debt: 1,
        },
        E::NotInsolvent {
            collateral: 2,
            debt: 1,
        },
        E::NoDeficit,
        E::DeficitOpen { deficit: 1 },
        E::NoAuction,
        E::AuctionLive,
        E::AuctionNotOpen {
            opens_at: 2,
            now: 1,
        },
        E::AuctionEnded { ends_at: 1, now: 2 },
        E::AuctionNotEnded { ends_at: 2, now: 1 },
        E::PaymentAboveMax { payment: 2, max: 1 },
        E::ProceedsBelowMin {
            proceeds: 1,
            min: 2,
        },
        E::InsuranceNotEmpty { left: 1 },
        E::SocialiseTooEarly {
            not_before: 2,
            now: 1,
        },
        E::NothingWrittenOff,
        E::NoSurplus {
            insurance: 1,
            target: 2,
        },
        E::Config("a rule"),
        E::WrongVersion { version: 2 },
        E::PriceNotRefreshed { stored: 1, slot: 2 },
        E::BankMissing { position: 0 },
        E::NoPosition,
        E::TooManyPositions,
        E::BothSides,
        E::ObligationNotEmpty { positions: 1 },
        E::RecordOpen,
        E::CollateralLeft { position: 0 },
        E::RiskTooRecent { age: 1, min: 2 },
        E::WriteOffDisabled,
        E::BorrowPaused { until: 1 },
        E::WriteOffPaused { until: 1 },
        E::IssuancePaused { until: 1 },
        E::PauseNotAllowed {
            secs: 2,
            max: 1,
            not_before: 1,
        },
        E::BankNotLive { live_at: 2, now: 1 },
        E::Delisted,
        E::DeficitNotAccepted { deficit: 1 },
        E::BelowMinimum { got: 1, min: 2 },
        E::NoPendingUpdate,
        E::UpdateTooEarly {
            not_before: 2,
            now: 1,
        },
        E::UpdateLapsed {
            not_after: 1,
            now: 2,
        },
        E::NoGovernancePrice,
    ]
}

#[test]
fn every_rule_is_refused_under_its_own_name() {
    let rules = every_rule();
    for rule in &rules {
        let text = format!("{rule:?}");
        let name = text.split([' ', '(']).next().unwrap();
        let expected = match name {
            "Config" => "InvalidConfig",
            _ => name,
        };
        let refusal = Refusal::of_rule(*rule);
        assert_eq!(refusal.name, expected);
    }
    let codes = rules.iter().map(|rule| Refusal::of_rule(*rule).code);
    let codes: std::collections::BTreeSet<_> = codes.collect();
    assert_eq!(codes.len(), rules.len(), "no two rules share a code");
}
