//! `backstop keeper run`: hands the keeper what the command line around it
//! knows, its market file's names and price accounts included.

use std::{path::Path, process::ExitCode, str::FromStr};

use backstop_keeper::{Inherited, RunArgs};
use solana_pubkey::Pubkey;

use crate::{
    args::Global,
    cluster::{self, Cluster},
    context::Context,
    failure::{Exit, Failure},
    file::{units::hex, MarketFile},
};

/// Runs it until it is told to stop; the exit code is its own.
pub async fn run(global: Global, mut args: RunArgs) -> Result<ExitCode, Failure> {
    args.inherited = inherited(global).await?;
    backstop_keeper::run(args)
        .await
        .map_err(|error| Failure::new(Exit::Other, format!("{error:#}")))
}

async fn inherited(global: Global) -> Result<Inherited, Failure> {
    let url = global.url.as_deref().map(cluster::url_of).transpose()?;
    // The keeper has settings of its own: without these there may be others.
    let machine = Cluster::resolve(&global.choice()).ok();
    let mut inherited = Inherited {
        keypair: global.keypair.clone(),
        url,
        dry_run: global.dry_run,
        default_keypair: machine.as_ref().map(|cluster| cluster.keypair.clone()),
        default_url: machine.map(|cluster| cluster.url),
        ..Inherited::default()
    };
    for (feed, account) in global.oracle_pairs()? {
        let pair = (feed.to_owned(), account.to_owned());
        inherited.oracles.push(pair);
    }
    let Some(market) = global.market.clone() else {
        return Ok(inherited);
    };
    if Pubkey::from_str(&market).is_ok() || !Path::new(&market).is_file() {
        inherited.market = Some(market);
        return Ok(inherited);
    }
    let file = MarketFile::load(Path::new(&market))?;
    let named = file
        .oracles
        .iter()
        .map(|(feed, account)| (hex(feed), account.to_string()));
    // What the caller names goes before what the file does.
    inherited.oracles.splice(0..0, named);
    let context = Context::new(global)?;
    inherited.market = Some(context.keys_of(&file).await?.market.to_string());
    Ok(inherited)
}
