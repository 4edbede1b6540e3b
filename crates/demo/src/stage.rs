//! The market on its chain, the clock of the story, and what every act shares.

use {
    super::{
        borrowers,
        cast::Cast,
        log::{Line, Log},
        prices::{Bar, Reading},
        scenario::{Scenario, Terms},
    },
    backstop_engine::{ledger::Ledger, units::UnixTime},
    backstop_world::{
        chain::{Chain, Failure, Receipt, SvmChain},
        oracle::PriceFeed,
        settings::HOUR,
        tokens,
        world::{feed_id, BankId, BankSpec, World, DOLLAR, PRICE_EXPONENT},
    },
    solana_signer::Signer,
};

/// The market while the story runs.
pub struct Stage {
    /// The market on its chain.
    pub world: World,
    /// The stablecoin's bank.
    pub usdc: BankId,
    /// The collateral's bank.
    pub sol: BankId,
    /// Which story.
    pub scenario: Scenario,
    /// Who drew the borrowers.
    pub seed: u64,
    /// The scenario's numbers.
    pub terms: Terms,
    /// Everybody.
    pub cast: Cast,
    /// What happened.
    pub log: Log,
    /// The bar that is being played.
    pub bar: Bar,
    /// What happened in it.
    pub line: Line,
}

impl Stage {
    /// A new market whose clock stands at the end of `bar`.
    pub fn new(scenario: Scenario, seed: u64, bar: &Bar) -> Self {
        let terms = scenario.terms();
        let mut chain = SvmChain::backstop();
        let mut clock = chain.clock();
        clock.unix_timestamp = bar.at;
        chain.set_clock(&clock);
        // An hour less of waiting than recommended, so that more of them fit into
        // the story.
        let mut world = World::with_config(Box::new(chain), |config| {
            config.auction_delay_secs = HOUR;
            config.auction_duration_secs = 6 * HOUR;
        });
        let usdc = world.add_bank(&bank_spec(BankSpec::usdc()));
        let sol = world.add_bank(&bank_spec(BankSpec::sol()));
        let (mint, owner) = (world.mints[usdc.0], world.fee_owner.pubkey());
        tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
        let cast = Cast::new(&mut world, usdc, sol, &terms, seed);
        let mut stage = Self {
            world,
            usdc,
            sol,
            scenario,
            seed,
            terms,
            cast,
            log: Log::default(),
            bar: *bar,
            line: Line::default(),
        };
        stage.publish(bar);
        stage
    }

    /// Lets the time of a bar pass and publishes its prices.
    pub fn tick(&mut self, bar: &Bar) {
        let now = self.world.chain.now();
        let secs = u64::try_from(bar.at - now).expect("bars follow each other");
        self.world.advance_silently(secs);
        self.publish(bar);
        self.bar = *bar;
        self.line = Line {
            at: bar.at,
            sol_price: bar.sol.spot,
            sol_average: bar.sol.ema,
            sol_confidence: bar.sol.conf,
            token_price: bar.token.spot,
            ..Line::default()
        };
    }

    fn publish(&mut self, bar: &Bar) {
        let dollar = Reading {
            spot: DOLLAR,
            ema: DOLLAR,
            conf: DOLLAR.unsigned_abs() / 10_000,
        };
        let token = self.world.market.oracle.expect("the market has a feed");
        for (key, name, reading) in [
            (self.world.keys(self.usdc).oracle, "USDC", dollar),
            (self.world.keys(self.sol).oracle, "SOL", bar.sol),
            (token, "governance", bar.token),
        ] {
            let calm = PriceFeed::new(feed_id(name), reading.spot, PRICE_EXPONENT, bar.at);
            self.world.publish(
                key,
                PriceFeed {
                    conf: reading.conf,
                    ema_price: reading.ema,
                    ema_conf: reading.conf,
                    ..calm
                },
            );
        }
    }

    /// The stablecoin's books up to now.
    pub fn books(&mut self) -> Ledger {
        self.ledger(self.usdc)
    }

    /// A bank's books up to now.
    pub fn ledger(&mut self, bank: BankId) -> Ledger {
        let now = UnixTime(self.world.chain.now());
        self.world
            .bank(bank)
            .accrued(now)
            .expect("interest accrues")
    }

    /// A call on the stablecoin's bank that must not touch the other one.
    ///
    /// # Panics
    /// When it does.
    pub fn isolated(
        &mut self,
        call: impl FnOnce(&mut World, &Cast, BankId) -> Result<Receipt, Failure>,
    ) -> Result<Receipt, Failure> {
        let other = self.world.keys(self.sol).bank;
        let before = self.world.chain.account(&other);
        let receipt = call(&mut self.world, &self.cast, self.usdc)?;
        let after = self.world.chain.account(&other);
        assert!(
            before == after,
            "ISOLATE: a loss in one bank changed another"
        );
        self.log.count(&receipt);
        self.log.checks.isolated += 1;
        self.log.checks.transactions += 1;
        let outstanding = self.world.market_state().outstanding;
        let most = &mut self.log.checks.most_outstanding;
        *most = outstanding.max(*most);
        Ok(receipt)
    }

    /// Writes the bar down as it ended.
    pub fn record(&mut self, bar: &Bar) {
        let bank = self.world.bank(self.usdc);
        if bank.ledger.deficit >= self.log.worst.deficit {
            (self.log.worst_at, self.log.worst) = (bar.at, bank.ledger);
        }
        let views = borrowers::views(self);
        let under = views.iter().map(borrowers::View::shortfall);
        let (money, count) = super::crash::money(self);
        let losses = self.log.losses.iter().filter(|loss| loss.at == bar.at);
        let written_off = losses.map(|loss| loss.loss).sum();
        self.log.lines.push(Line {
            underwater: under.clone().filter(|shortfall| *shortfall > 0).count() as u64,
            shortfall: under.sum(),
            borrowed: bank.ledger.borrowed,
            written_off,
            deficit: bank.ledger.deficit,
            on_auction: bank.ledger.on_auction,
            insurance: bank.ledger.insurance,
            liquidators: count,
            liquidator_money: money,
            ..self.line
        });
    }
}

/// Settings that differ from those of the tests: a position is not dust.
fn bank_spec(mut spec: BankSpec<'_>) -> BankSpec<'_> {
    let whole = 10u64.pow(spec.decimals.into());
    let dollars = if spec.name == "USDC" {
        whole
    } else {
        whole / 10
    };
    spec.config.min_debt = 10 * dollars;
    spec.config.full_close_debt = 100 * dollars;
    spec.config.min_auction_deficit = 100 * dollars;
    spec
}
