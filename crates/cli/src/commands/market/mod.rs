//! `backstop market plan`, `apply`

mod observe;
mod render;
mod steps;

use serde_json::json;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    act::{self, Action},
    args::{MarketCommand, MarketFileArgs},
    cluster,
    context::Context,
    failure::{Exit, Failure},
    file::{Desired, MarketFile},
    output::{confirm, progress, Report},
    plan::{self, MarketState, Plan, Step},
};

use observe::{mints, observe};

/// Who signs.
struct Signers {
    payer: Keypair,
    admin: Option<Keypair>,
    mint_authority: Option<Keypair>,
}

impl Signers {
    fn load(context: &Context, args: &MarketFileArgs) -> Result<Self, Failure> {
        let read =
            |path: &Option<std::path::PathBuf>| path.as_deref().map(cluster::keypair).transpose();
        Ok(Self {
            payer: context.signer()?,
            admin: read(&args.admin)?,
            mint_authority: read(&args.mint_authority)?,
        })
    }

    fn admin(&self) -> &Keypair {
        self.admin.as_ref().unwrap_or(&self.payer)
    }

    fn mint_authority(&self) -> &Keypair {
        self.mint_authority.as_ref().unwrap_or(&self.payer)
    }

    /// Those whose signature a step's instructions need, the payer first.
    fn of<'a>(&'a self, instructions: &[solana_instruction::Instruction]) -> Vec<&'a Keypair> {
        let needed = |key: &Pubkey| {
            instructions
                .iter()
                .flat_map(|instruction| &instruction.accounts)
                .any(|account| account.is_signer && account.pubkey == *key)
        };
        let mut signers = vec![&self.payer];
        for other in [self.admin(), self.mint_authority()] {
            let known = signers.iter().any(|known| known.pubkey() == other.pubkey());
            if !known && needed(&other.pubkey()) {
                signers.push(other);
            }
        }
        signers
    }
}

pub async fn run(context: &Context, command: MarketCommand) -> Result<Report, Failure> {
    match command {
        MarketCommand::Plan(args) => {
            let (desired, signer, plan) = look(context, &args).await?;
            let keys = steps::Keys {
                payer: signer,
                mint_authority: signer,
            };
            Ok(render::report(&desired, &plan, Some(&keys), &[]))
        }
        MarketCommand::Apply(args) => apply(context, &args).await,
    }
}

/// File, chain and the way between them.
async fn look(
    context: &Context,
    args: &MarketFileArgs,
) -> Result<(Desired, Pubkey, Plan), Failure> {
    let mut file = MarketFile::load(&args.file)?;
    file.oracles = context.oracles_of(&file)?;
    let signer = match (&args.admin, file.admin) {
        (Some(path), _) => cluster::keypair(path)?.pubkey(),
        (None, Some(admin)) => context.signer().map_or(admin, |signer| signer.pubkey()),
        (None, None) => context.signer()?.pubkey(),
    };
    let mints = mints(context, &file).await?;
    let mut desired = file.resolve(&signer, &mints.known)?;
    let observed = observe(context, &desired, &mints).await?;
    // Whoever looks at a market that is there: its admin is the chain's.
    if let (None, Some(market)) = (file.admin, &observed.market) {
        file.settle_admin(market.admin, signer);
        desired = file.resolve(&signer, &mints.known)?;
    }
    let plan = plan::plan(&desired, &observed)?;
    Ok((desired, signer, plan))
}

async fn apply(context: &Context, args: &MarketFileArgs) -> Result<Report, Failure> {
    let signers = Signers::load(context, args)?;
    let (desired, _, plan) = look(context, args).await?;
    if plan.steps.is_empty() {
        return Ok(render::report(&desired, &plan, None, &[]));
    }
    require_admin(&desired, &plan, &signers)?;
    if context.global.dry_run {
        return dry_run(context, &desired, &plan, &signers).await;
    }
    if !context.global.yes {
        eprintln!("{}\n", render::text(&desired, &plan, &[]));
    }
    confirm(
        &format!("Do this on {}?", context.url()),
        context.global.yes,
    )?;
    let bar = progress(plan.steps.len());
    let mut done = Vec::new();
    for (step, _) in &plan.steps {
        bar.set_message(render::title(&desired, step));
        match carry_out(context, &desired, step, &signers).await {
            Ok(signature) => done.push(signature),
            Err(failure) => {
                bar.abandon();
                let total = plan.steps.len();
                let message = format!(
                    "{} (step {} of {total}: {})",
                    failure.message,
                    done.len().saturating_add(1),
                    render::title(&desired, step)
                );
                let resume = format!(
                    "then run the same command again: it goes on where this one stopped, {} of \
                     {total} steps are done",
                    done.len()
                );
                let hint = match &failure.hint {
                    Some(hint) => format!("{hint}; {resume}"),
                    None => resume,
                };
                return Err(Failure { message, ..failure }.hint(hint));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(render::report(&desired, &plan, None, &done))
}

/// The file's admin may be another one than the market's.
fn require_admin(desired: &Desired, plan: &Plan, signers: &Signers) -> Result<(), Failure> {
    let market: Option<&MarketState> = plan
        .steps
        .first()
        .and_then(|(_, state)| state.market.as_ref());
    let admin = market.map_or(desired.admin, |market| market.admin);
    let needed = plan.steps.iter().any(|(step, _)| step.needs_admin());
    if !needed || signers.admin().pubkey() == admin {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        format!(
            "the admin is {admin}, and the signer is {}",
            signers.admin().pubkey()
        ),
    )
    .hint(
        "name the admin's keypair with --admin FILE; for a multisig `backstop market plan --json` \
         prints the instructions",
    ))
}

/// Simulates the first step: the others rest on its effect.
async fn dry_run(
    context: &Context,
    desired: &Desired,
    plan: &Plan,
    signers: &Signers,
) -> Result<Report, Failure> {
    let mut report = render::report(desired, plan, None, &[]);
    if let Some((step, _)) = plan.steps.first() {
        let outcome = send(context, desired, step, signers).await?;
        let simulated = outcome.report();
        report.text = format!(
            "{}\n\nfirst step, simulated; the others rest on it\n{}",
            report.text, simulated.text
        );
        if let Some(object) = report.json.as_object_mut() {
            object.insert("first_step".to_owned(), simulated.json);
            object.insert("dry_run".to_owned(), json!(true));
        }
    }
    Ok(report)
}

async fn send(
    context: &Context,
    desired: &Desired,
    step: &Step,
    signers: &Signers,
) -> Result<act::Outcome, Failure> {
    let keys = steps::Keys {
        payer: signers.payer.pubkey(),
        mint_authority: signers.mint_authority().pubkey(),
    };
    let instructions = steps::instructions(desired, step, &keys);
    let action = Action {
        name: "market apply",
        signers: signers.of(&instructions),
        instructions,
        bank: None,
        quote: json!(null),
    };
    act::run(context, action).await
}

/// One step, if it is still the next one. A step that an earlier run sent and
/// did not see land is done: the chain says so.
async fn carry_out(
    context: &Context,
    desired: &Desired,
    step: &Step,
    signers: &Signers,
) -> Result<Option<String>, Failure> {
    let mints = observe::Mints::none();
    let observed = observe(context, desired, &mints).await?;
    match plan::next(desired, &observed) {
        Some(next) if next.same_request(step) => {
            let outcome = send(context, desired, step, signers).await?;
            Ok(outcome.signature)
        }
        // Done meanwhile, by whoever it was: the step is not needed any more.
        next => {
            let imagined = observed.after(desired, step);
            if imagined.same_settings(&observed) {
                return Ok(None);
            }
            Err(Failure::new(
                Exit::Refused,
                match next {
                    Some(next) => format!(
                        "the chain has changed since the plan was made; next would be: {}",
                        render::title(desired, &next)
                    ),
                    None => "the chain has changed since the plan was made".to_owned(),
                },
            ))
        }
    }
}
