//! A market on the bytecode chain, and the model beside it.

use {
    super::{
        case::{Call, Case, Setup, Step, BANKS, USERS},
        checks,
    },
    crate::{
        chain::{LookupTable, Request, SvmChain},
        keys::keypair,
        model::{
            number::{left_of, Int},
            read, Model, Refusal,
        },
        oracle::PriceFeed,
        settings::{DAY, HOUR},
        tokens::{self, Program},
        world::{feed_id, Actor, BankId, BankSpec, World, DOLLAR, PRICE_EXPONENT},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// (whole tokens) What every wallet starts with in each bank's asset.
const RICHES: [u64; BANKS] = [1_000_000, 10_000_000, 100_000];
/// (governance atoms) What every wallet starts with.
const GOVERNANCE: u64 = 1_000_000_000;
/// (secs) After this the average of a price has caught up with it.
const EMA_SECS: u64 = 2 * HOUR as u64;
/// First prices.
const PRICES: [i64; BANKS] = [25 * DOLLAR, DOLLAR, 100 * DOLLAR];

/// Both sides, and what builds transactions between them.
pub struct Stage {
    /// The chain's side.
    pub world: World,
    /// The wallets.
    pub actors: Vec<Actor>,
    /// The model's side.
    pub model: Model,
    /// The fee owner's account in each bank's asset.
    pub fees: Vec<Pubkey>,
    /// Pays for transactions and rent.
    pub payer: Pubkey,
    table: LookupTable,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The environment changed, or a transaction went through.
    Done,
    /// Chain and model refused a transaction for the same reason.
    Refused(Refusal),
    /// The transaction is larger than the network carries.
    TooLarge,
}

impl Stage {
    /// Sets up a market as `setup` says.
    pub fn new(setup: &Setup) -> Self {
        let mut world = World::with_config(Box::new(SvmChain::backstop()), |config| {
            if !setup.feed {
                config.oracle_program = Pubkey::default();
            }
            for change in &setup.market {
                *config = change.onto(*config);
            }
        });
        let token_2022 = Program::Token2022 { extensions: &[] };
        for (index, (name, decimals)) in [("units", 0), ("dollars", 6), ("coins", 9)]
            .into_iter()
            .enumerate()
        {
            let mut spec = BankSpec::new(name, decimals, PRICES[index]);
            if index == 0 {
                spec.program = token_2022;
            }
            if !setup.feed {
                // A governance token costs a dollar: 2^64 · 10^decimals / price atoms.
                let one = (1u128 << 64) * 10u128.pow(decimals.into()) / 1_000_000;
                let atoms = one * u128::from(DOLLAR.unsigned_abs())
                    / u128::from(PRICES[index].unsigned_abs());
                spec.config.fixed_start_rate = atoms.into();
                spec.config.fixed_floor_rate = (atoms / 2).into();
            }
            for change in &setup.banks[index] {
                spec.config = change.onto(spec.config);
            }
            world.add_bank(&spec);
        }
        let actors: Vec<Actor> = (0..USERS)
            .map(|user| world.actor(&format!("fuzz user {user}")))
            .collect();
        let treasury = world.treasury.insecure_clone();
        for actor in &actors {
            for (bank, tokens) in RICHES.into_iter().enumerate() {
                let decimals = u32::from(world.mints[bank].decimals);
                world.fund(actor, BankId(bank), tokens * 10u64.pow(decimals));
            }
            let governance = world.governance;
            let from = tokens::associated_token_account(&governance, &treasury.pubkey());
            let to = world.governance_wallet(actor);
            tokens::transfer(
                &mut *world.chain,
                &governance,
                &from,
                &to,
                &treasury,
                GOVERNANCE,
            );
        }
        let fee_owner = world.fee_owner.pubkey();
        let fees: Vec<Pubkey> = world
            .mints
            .clone()
            .iter()
            .map(|mint| {
                tokens::create_associated_token_account(&mut *world.chain, mint, &fee_owner)
            })
            .collect();
        let table = table(&mut world, &actors, &fees);
        // Banks that were made before anybody had an obligation are open at
        // once; the delay of later ones is a matter of other tests.
        world.advance(u64::from(DAY));
        let model = read::model(&mut world, &actors, &fees);
        Self {
            payer: world.chain.payer(),
            world,
            actors,
            model,
            fees,
            table,
        }
    }

    /// Plays a whole case; the error names the step.
    pub fn play(case: &Case) -> Result<(), String> {
        let mut stage = Self::new(&case.setup);
        for (index, step) in case.steps.iter().enumerate() {
            let played = stage.step(step);
            played.map_err(|why| format!("step {index}, {step:?}: {why}"))?;
        }
        super::ending::reach(&mut stage).map_err(|why| format!("after the last step: {why}"))
    }

    /// Lets one thing happen on both sides and compares them.
    pub fn step(&mut self, step: &Step) -> Result<Effect, String> {
        match step {
            Step::Tick { secs, silent } => self.tick(*secs, *silent),
            Step::Price {
                bank,
                spot,
                ema,
                conf,
            } => self.publish(*bank, *spot, *ema, *conf),
            Step::Send(calls) => return self.send(calls),
        }
        Ok(Effect::Done)
    }

    /// Mints what `user` lacks of `atoms`; whether there can be as many.
    pub fn endow(&mut self, user: usize, bank: usize, atoms: &Int) -> bool {
        let held = &self.model.users[user].wallet[bank];
        let missing = left_of(atoms, held);
        let minted = tokens::supply(&mut *self.world.chain, &self.world.mints[bank].key);
        if missing > Int::from(u64::MAX - minted) {
            return false;
        }
        let missing = u64::try_from(missing).expect("it is less than what may be minted");
        self.world.fund(&self.actors[user], BankId(bank), missing);
        self.model.users[user].wallet[bank] += missing;
        true
    }

    fn tick(&mut self, secs: u64, silent: bool) {
        if silent {
            self.world.advance_silently(secs);
        } else {
            self.world.advance(secs);
            if secs >= EMA_SECS {
                self.calm();
            }
        }
        self.model.now = self.world.chain.now();
        self.model.slot = self.world.chain.slot();
        self.copy_feeds();
    }

    fn publish(&mut self, bank: Option<usize>, spot: i64, ema: i64, conf: u64) {
        let (key, name) = match bank {
            Some(bank) => (self.world.banks[bank].oracle, None),
            None => (
                self.world.market.oracle.expect("there is one"),
                Some("governance"),
            ),
        };
        let feed = name.map_or_else(|| self.world.feed(&key).feed_id, feed_id);
        let feed = PriceFeed {
            conf,
            ema_price: ema,
            ..PriceFeed::new(feed, spot, PRICE_EXPONENT, self.model.now)
        };
        self.world.publish(key, feed);
        self.copy_feeds();
    }

    /// The averages of all feeds have caught up.
    fn calm(&mut self) {
        let mut feeds: Vec<Pubkey> = self.world.banks.iter().map(|keys| keys.oracle).collect();
        feeds.extend(self.world.market.oracle);
        for key in feeds {
            let feed = self.world.feed(&key);
            let ema_price = feed.price;
            self.world.publish(key, PriceFeed { ema_price, ..feed });
        }
    }

    fn copy_feeds(&mut self) {
        let oracle = self.world.market.oracle.expect("there is one");
        self.model.market.feed = self.world.feed(&oracle);
        for (bank, keys) in self.model.banks.iter_mut().zip(&self.world.banks) {
            bank.feed = self.world.feed(&keys.oracle);
        }
    }

    /// Sends one transaction; the model says first what will become of it.
    fn send(&mut self, calls: &[Call]) -> Result<Effect, String> {
        let mut next = self.model.clone();
        let mut expected = Ok(());
        let (mut instructions, mut signers) = (Vec::new(), Vec::<Keypair>::new());
        for call in calls {
            let built = self.build(&next, call);
            instructions.extend(built.instructions);
            signers.extend(built.signer);
            expected = next.call(call);
            if expected.is_err() {
                break;
            }
        }
        let signers: Vec<&Keypair> = signers.iter().collect();
        let request = Request::new(&instructions, &signers).with_table(&self.table);
        let outcome = self.world.chain.submit(&request);
        let effect = match (&outcome, expected) {
            (Err(failure), _) if failure.is_oversize() => Effect::TooLarge,
            (Ok(_), Ok(())) => Effect::Done,
            (Err(failure), Err(refusal)) if failure.code() == Some(refusal.0) => {
                Effect::Refused(refusal)
            }
            (Ok(_), Err(refusal)) => {
                return Err(format!(
                    "the model refuses with {refusal:?}, the chain does not"
                ));
            }
            (Err(failure), expected) => {
                return Err(format!("the model says {expected:?}, the chain {failure}"));
            }
        };
        let before = match effect {
            Effect::Done => Some(std::mem::replace(&mut self.model, next)),
            _ => None,
        };
        let chain = read::model(&mut self.world, &self.actors, &self.fees);
        let differences = self.model.differences(&chain);
        if !differences.is_empty() {
            return Err(differences.join("\n"));
        }
        if let Ok(receipt) = &outcome {
            self.world.verify(receipt)?;
        }
        if let Some(before) = before {
            checks::transition(&before, &self.model, calls)?;
        }
        Ok(effect)
    }
}

/// Every address that a transaction may name by index.
fn table(world: &mut World, actors: &[Actor], fees: &[Pubkey]) -> LookupTable {
    let market = world.market;
    let mut addresses = vec![market.market, market.mint, market.token_program];
    addresses.extend(market.oracle);
    addresses.extend(fees);
    for keys in &world.banks {
        addresses.extend([
            keys.bank,
            keys.mint,
            keys.token_program,
            keys.liquidity_vault,
            keys.insurance_vault,
            keys.governance_escrow,
            keys.oracle,
        ]);
    }
    for actor in actors {
        addresses.push(actor.obligation);
        addresses.push(world.governance_wallet(actor));
        addresses.extend((0..BANKS).map(|bank| world.wallet(actor, BankId(bank))));
    }
    world
        .chain
        .create_table(keypair("fuzz table").pubkey(), addresses)
}
