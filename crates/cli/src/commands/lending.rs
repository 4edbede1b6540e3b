//! `backstop deposit`, `withdraw`, `borrow`, `repay`

use backstop_client::{
    engine::units::{Atoms, Shares},
    instructions::{self, Deposit, Withdraw},
    plan,
    program::{constants::MAX_POSITIONS, state::Obligation},
    view::BankView,
};
use serde_json::json;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    amount::Amount,
    args::{self, Index},
    books::{amount, Token},
    context::{tokens, Context, Market},
    failure::{Exit, Failure},
    output::Report,
};

/// Interest that is booked between quote and landing makes shares a little
/// dearer: of the shares that are expected now, one in a thousand may be missing.
const SHARE_SLACK: u128 = 1_000;

/// So much more SOL than is owed now is wrapped: one part in ten thousand.
const INTEREST_SLACK: u64 = 10_000;

/// Somebody, and his obligation.
struct Customer {
    signer: Keypair,
    owner: Pubkey,
    key: Pubkey,
    state: Obligation,
    /// Opens it, if it is not there.
    open: Option<Instruction>,
}

impl Customer {
    async fn find(context: &Context, market: &Market, index: &Index) -> Result<Self, Failure> {
        let signer = context.signer()?;
        let owner = signer.pubkey();
        let keys = &market.view.keys;
        let key = keys.obligation(&owner, index.index);
        let found = context.find_obligation(&key).await?;
        let open = found
            .is_none()
            .then(|| instructions::open_obligation(keys, owner, owner, index.index));
        let state = found.unwrap_or_else(|| empty(keys.market, owner, index.index));
        Ok(Self {
            signer,
            owner,
            key,
            state,
            open,
        })
    }

    fn require(&self) -> Result<(), Failure> {
        if self.open.is_some() {
            return Err(Failure::new(
                Exit::Cluster,
                format!("there is no obligation {}", self.key),
            )
            .hint("`backstop deposit` opens it; --index N names another one"));
        }
        Ok(())
    }
}

fn empty(market: Pubkey, owner: Pubkey, index: u16) -> Obligation {
    Obligation {
        version: backstop_client::program::constants::VERSION,
        bump: 0,
        index,
        position_count: 0,
        market,
        owner,
        risk_raised_at: 0,
        positions: [Default::default(); MAX_POSITIONS],
        reserved: [0; 128],
    }
}

pub async fn deposit(context: &Context, args: args::Deposit) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let customer = Customer::find(context, &market, &args.index).await?;
    let token = Token::from(bank);
    let (atoms, mut instructions) = token.pay(context, &customer.owner, &args.amount).await?;
    let bought = bank
        .bank
        .ledger
        .get()
        .deposit(
            Atoms(atoms),
            Atoms(bank.bank.config.deposit_cap),
            bank.bank.is_wound_down(),
        )
        .map_err(backstop_client::ClientError::from)?;
    let expected = bought.shares.0;
    let deposit = Deposit {
        atoms,
        min_shares: expected.saturating_sub(expected.div_ceil(SHARE_SLACK)),
        accept_deficit: args.accept_deficit,
    };
    instructions.extend(customer.open.clone());
    instructions.extend(plan::deposit(
        &view,
        &bank.keys,
        (customer.key, &customer.state),
        token.account(&customer.owner),
        deposit,
    )?);
    let action = Action {
        name: "deposit",
        instructions,
        signers: vec![&customer.signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "obligation": customer.key.to_string(),
            "bank": market.label(&bank.keys.bank),
            "pays": amount(atoms, token.decimals),
            "shares": expected.to_string(),
            "opens_obligation": customer.open.is_some(),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

fn held<'a>(
    market: &Market,
    bank: &BankView,
    obligation: &'a Obligation,
) -> Result<&'a backstop_client::program::state::Position, Failure> {
    obligation.position(&bank.keys.bank).map_err(|_| {
        Failure::new(
            Exit::Refused,
            format!(
                "the obligation has no position in {}",
                market.label(&bank.keys.bank)
            ),
        )
        .hint("`backstop obligation show` lists its positions")
    })
}

pub async fn withdraw(context: &Context, args: args::Withdraw) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let customer = Customer::find(context, &market, &args.index).await?;
    customer.require()?;
    let token = Token::from(bank);
    let ledger = bank.bank.ledger.get();
    let has = held(&market, bank, &customer.state)?.deposit();
    let rule = backstop_client::ClientError::from;
    let (shares, sent) = match &args.amount {
        Amount::All => (has, u128::MAX),
        Amount::Tokens(decimal) => {
            let atoms = Atoms(tokens(decimal, token.decimals)?);
            let shares = ledger.shares_for_net_down(atoms).map_err(rule)?;
            (shares, shares.0)
        }
    };
    if shares > has {
        let most = ledger.net_value_down(has).map_err(rule)?;
        return Err(Failure::new(
            Exit::Refused,
            format!(
                "the deposit is worth {} only",
                crate::amount::format(most.0, token.decimals)
            ),
        )
        .hint("withdraw `all`"));
    }
    let quote = ledger.withdraw(Shares(shares.0)).map_err(rule)?;
    let min_atoms = match &args.min {
        Some(decimal) => tokens(decimal, token.decimals)?,
        None => quote.paid.0,
    };
    let (create, unwrap) = token.receive(context, &customer.owner).await?;
    let mut instructions = vec![create];
    instructions.extend(plan::withdraw(
        &view,
        &bank.keys,
        (customer.key, &customer.state),
        token.account(&customer.owner),
        Withdraw {
            shares: sent,
            min_atoms,
        },
    )?);
    instructions.extend(unwrap);
    let action = Action {
        name: "withdraw",
        instructions,
        signers: vec![&customer.signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "obligation": customer.key.to_string(),
            "bank": market.label(&bank.keys.bank),
            "receives": amount(quote.paid.0, token.decimals),
            "at_least": amount(min_atoms, token.decimals),
            "deficit_borne": amount(quote.borne.0, token.decimals),
            "shares": shares.0.to_string(),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn borrow(context: &Context, args: args::Borrow) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let customer = Customer::find(context, &market, &args.index).await?;
    customer.require()?;
    let token = Token::from(bank);
    let atoms = tokens(&args.amount, token.decimals)?;
    let (create, unwrap) = token.receive(context, &customer.owner).await?;
    let mut instructions = vec![create];
    instructions.extend(plan::borrow(
        &view,
        &bank.keys,
        (customer.key, &customer.state),
        token.account(&customer.owner),
        atoms,
    )?);
    instructions.extend(unwrap);
    let action = Action {
        name: "borrow",
        instructions,
        signers: vec![&customer.signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "obligation": customer.key.to_string(),
            "bank": market.label(&bank.keys.bank),
            "receives": amount(atoms, token.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}

pub async fn repay(context: &Context, args: args::Repay) -> Result<Report, Failure> {
    let market = context.market().await?;
    let view = market.refreshed();
    let bank = view.bank(&market.bank(&args.bank)?.keys.bank)?;
    let signer = context.signer()?;
    let payer = signer.pubkey();
    let key = match args.obligation {
        Some(key) => key,
        None => view.keys.obligation(&payer, args.index),
    };
    let obligation = context.obligation(&key).await?;
    let token = Token::from(bank);
    let debt = bank
        .bank
        .ledger
        .get()
        .debt_up(held(&market, bank, &obligation)?.debt())
        .map_err(backstop_client::ClientError::from)?;
    // Interest runs until the transaction lands: `all` offers everything there
    // is, and the program takes what is owed.
    let (offer, mut instructions) = match &args.amount {
        Amount::All => {
            let balance = token.balance(context, &payer).await?.unwrap_or(0);
            let wrap = if balance >= debt.0 {
                Vec::new()
            } else {
                let most = debt.0.saturating_add(debt.0.div_ceil(INTEREST_SLACK));
                let most = crate::amount::format(most, token.decimals).parse()?;
                token.pay(context, &payer, &most).await?.1
            };
            (u64::MAX, wrap)
        }
        amount => token.pay(context, &payer, amount).await?,
    };
    instructions.push(instructions::repay(
        &bank.keys,
        payer,
        key,
        token.account(&payer),
        offer,
    ));
    let action = Action {
        name: "repay",
        instructions,
        signers: vec![&signer],
        bank: Some(bank.keys.bank),
        quote: json!({
            "obligation": key.to_string(),
            "bank": market.label(&bank.keys.bank),
            "owed": amount(debt.0, token.decimals),
            "pays": amount(offer.min(debt.0), token.decimals),
        }),
    };
    Ok(act::run(context, action).await?.report())
}
