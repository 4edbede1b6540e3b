//! Draws a run step by step. It looks at the model to find what is possible now
//! (whom to liquidate, what to write off) and tries much that is not.

mod lending;
mod losses;

use {
    super::{
        case::{Amount, Call, Setup, Step, BANKS, USERS},
        hostile,
    },
    crate::model::{lending::Check, number::Int, Model},
    rand::{seq::IndexedRandom, Rng},
    rand_chacha::ChaCha8Rng,
};

/// (secs)
const DAY: u64 = 86_400;

/// Draws steps from a seed.
pub struct Generator {
    rng: ChaCha8Rng,
    drawn: usize,
}

/// Steps at the start of a run in which people mostly come.
const OPENING: usize = 40;

impl Generator {
    /// A generator.
    pub fn new(rng: ChaCha8Rng) -> Self {
        Self { rng, drawn: 0 }
    }

    /// How the market is set up.
    pub fn setup(&mut self) -> Setup {
        hostile::setup(&mut self.rng)
    }

    /// The next step.
    pub fn step(&mut self, model: &Model) -> Step {
        self.drawn += 1;
        match self.rng.random_range(0..100) {
            0..14 => self.tick(model),
            14..32 => self.price(model),
            _ => {
                let mut calls = Vec::new();
                let mut then = model.clone();
                for _ in 0..*[1, 1, 1, 1, 2, 2, 3]
                    .choose(&mut self.rng)
                    .expect("not empty")
                {
                    self.calls(&then, &mut calls);
                    // The next call is drawn as if these had gone through.
                    then = model.clone();
                    if !calls.iter().all(|call| then.call(call).is_ok()) {
                        break;
                    }
                }
                Step::Send(calls)
            }
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn user(&mut self) -> usize {
        self.rng.random_range(0..USERS)
    }

    fn bank(&mut self) -> usize {
        self.rng.random_range(0..BANKS)
    }

    /// A user of that kind, if there is one; now and then anybody.
    fn one_of(&mut self, kind: impl Fn(&usize) -> bool) -> usize {
        let users: Vec<usize> = (0..USERS).filter(kind).collect();
        match users.choose(&mut self.rng) {
            Some(user) if !self.chance(10) => *user,
            _ => self.user(),
        }
    }

    fn tick(&mut self, model: &Model) -> Step {
        let silent = self.chance(8);
        let edges = edges(model);
        if let (Some(edge), true) = (edges.choose(&mut self.rng), self.chance(50)) {
            let wait = edge - model.now + self.rng.random_range(-1..=1);
            let secs = u64::try_from(wait).unwrap_or(0);
            return Step::Tick { secs, silent };
        }
        let secs = match self.rng.random_range(0..20) {
            0 => 0,
            1..11 => self.rng.random_range(1..180),
            11..16 => self.rng.random_range(3_600..DAY),
            16..19 => self.rng.random_range(DAY..20 * DAY),
            _ => self.rng.random_range(100 * DAY..=365 * DAY),
        };
        Step::Tick { secs, silent }
    }

    /// A crash, a wick that the average does not follow, a recovery, a drift.
    fn price(&mut self, model: &Model) -> Step {
        let bank = (!self.chance(15)).then(|| self.bank());
        let feed = bank.map_or(&model.market.feed, |bank| &model.banks[bank].feed);
        let (spot, ema) = (feed.price.max(1), feed.ema_price.max(1));
        let scaled = |price: i64, percent: i64| {
            let price = i128::from(price) * i128::from(percent) / 100;
            i64::try_from(price.clamp(1, 1 << 50)).expect("it was clamped")
        };
        let to = match self.rng.random_range(0..10) {
            0..4 => scaled(spot, self.rng.random_range(15..80)),
            4..7 => scaled(spot, self.rng.random_range(110..300)),
            _ => scaled(spot, self.rng.random_range(90..112)),
        };
        // Mostly the average has followed; else it lags within the usual limit,
        // or by any distance.
        let ema = match self.rng.random_range(0..10) {
            0..8 => to,
            8 => scaled(to, self.rng.random_range(75..160)),
            _ => ema,
        };
        let conf = to.unsigned_abs() * self.rng.random_range(0..=21) / 1_000;
        Step::Price {
            bank,
            spot: to,
            ema,
            conf,
        }
    }

    fn amount(&mut self) -> Amount {
        match self.rng.random_range(0..12) {
            0..3 => Amount::All,
            3 => Amount::Exactly(0),
            4 => Amount::Exactly(1),
            5 => Amount::Exactly(self.rng.random_range(2..1_000)),
            _ => Amount::Part(self.rng.random_range(1..10_000)),
        }
    }

    /// A refresh of what `user`'s health check needs, mostly.
    fn refresh(&mut self, model: &Model, user: usize, also: &[usize], calls: &mut Vec<Call>) {
        let mut banks = model.users[user].active_banks();
        banks.extend(
            also.iter()
                .filter(|bank| !banks.contains(bank))
                .copied()
                .collect::<Vec<_>>(),
        );
        if !banks.is_empty() && !self.chance(5) {
            calls.push(Call::Refresh { banks });
        }
    }

    fn calls(&mut self, model: &Model, calls: &mut Vec<Call>) {
        if self.drawn < OPENING && self.chance(70) {
            return match self.rng.random_range(0..3) {
                0 => self.borrow(model, calls),
                _ => self.deposit(model, calls),
            };
        }
        let kind = self.rng.random_range(0..100);
        // What nothing is there for is tried now and then; else somebody borrows,
        // which is what makes the rest possible.
        if !self.is_possible(model, kind) && !self.chance(12) {
            return match self.chance(60) {
                true => self.borrow(model, calls),
                false => self.deposit(model, calls),
            };
        }
        match kind {
            0..8 => self.deposit(model, calls),
            8..15 => self.withdraw(model, calls),
            15..25 => self.borrow(model, calls),
            25..29 => self.repay(model, calls),
            29..48 => self.liquidate(model, calls),
            48..60 => self.write_off(model, calls),
            60..66 => self.cover(model, calls),
            66..74 => self.buy(model, calls),
            74..79 => self.end(model, calls),
            79..82 => self.recover(model, calls),
            82..85 => self.fund(calls),
            85..90 => self.buy_back(model, calls),
            90..95 => self.govern(model, calls),
            _ => self.give(calls),
        }
    }

    fn is_possible(&mut self, model: &Model, kind: usize) -> bool {
        let has = |kind: fn(&crate::model::state::User) -> bool| model.users.iter().any(kind);
        let deficit = model
            .banks
            .iter()
            .any(|bank| bank.books.deficit != Int::ZERO);
        match kind {
            25..29 => has(crate::model::state::User::has_debt),
            29..48 => self.unhealthy(model).is_some(),
            48..60 => (0..USERS).any(|user| is_bare(model, user)),
            60..66 => deficit,
            66..74 => Self::on_sale(model).is_some_and(|bank| {
                let auction = model.banks[bank].auction.as_ref();
                auction.is_some_and(|auction| auction.opens_at <= model.now)
            }),
            74..79 => deficit || Self::on_sale(model).is_some(),
            79..82 => has(crate::model::state::User::has_record),
            _ => true,
        }
    }

    /// Somebody whom the maintenance check allows to be liquidated.
    fn unhealthy(&mut self, model: &Model) -> Option<usize> {
        let mut users: Vec<usize> = (0..USERS).collect();
        users.rotate_left(self.rng.random_range(0..USERS));
        users.into_iter().find(|user| {
            let mut then = model.clone();
            let banks = then.users[*user].active_banks();
            let refreshed = !banks.is_empty() && then.refresh(&banks).is_ok();
            let sums = then.sums(*user, Check::Maintenance);
            refreshed && sums.is_ok_and(|sums| sums.weighted_collateral < sums.weighted_debt)
        })
    }
}

/// Whether an obligation owes something and has nothing listed.
fn is_bare(model: &Model, user: usize) -> bool {
    let positions = model.users[user].positions.iter();
    let mut deposits = positions.filter(|position| position.deposit != Int::ZERO);
    let unlisted = deposits.all(|position| model.banks[position.bank].is_delisted());
    model.users[user].has_debt() && unlisted
}

/// Moments to come at which something begins or ends.
fn edges(model: &Model) -> Vec<i64> {
    let mut edges = Vec::new();
    for bank in &model.banks {
        if let Some(auction) = &bank.auction {
            edges.extend([auction.opens_at, auction.ends_at, auction.ends_at + 1]);
        }
        if let Some(buy_back) = &bank.buy_back {
            edges.extend([buy_back.ends_at, buy_back.ends_at + 1]);
        }
        if bank.books.deficit != Int::ZERO {
            let since = bank.books.deficit_since;
            edges.push(since + i64::from(bank.config.socialise_delay_secs));
            edges.push(since + i64::from(bank.config.socialise_deadline_secs));
        }
        edges.extend(bank.pending.map(|(_, due)| due));
    }
    edges.extend(model.market.pending.map(|(_, due)| due));
    for user in model.users.iter().filter(|user| user.has_debt()) {
        edges.push(user.risk_raised_at + 60);
    }
    edges.retain(|edge| *edge > model.now);
    edges
}
