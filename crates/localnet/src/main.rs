//! `localnet`: runs a local network, and moves the prices and the time of one
//! that runs. `cargo xtask localnet` builds what it needs and passes its
//! arguments on.

mod text;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Result;
use backstop_localnet::{
    assets::Asset,
    chain::Settings,
    network,
    prices::{parse_units, Quote},
    Localnet, Network, Options,
};
use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{signal, SignalKind};

/// A local network with the deployed program, funded actors, mints and prices.
#[derive(Parser)]
#[command(name = "localnet", bin_name = "cargo xtask localnet", version)]
struct Cli {
    /// Where keys, prices and localnet.json are kept
    #[arg(
        long,
        global = true,
        env = "BACKSTOP_LOCALNET_DIR",
        default_value = "target/localnet"
    )]
    dir: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a network until it is interrupted (what no command at all does, too)
    Up(Up),
    /// Changes a price: `price SOL 42.5`
    Price {
        /// SOL, USDC or GOV
        asset: String,
        /// Dollars for a whole token, up to eight decimals
        dollars: String,
        /// The exponential average; follows the price by default
        #[arg(long)]
        ema: Option<String>,
        /// Half-width of the confidence interval; a thousandth by default
        #[arg(long)]
        conf: Option<String>,
    },
    /// Moves the chain's clock: `time --forward 2h`; without it, shows the clock
    Time {
        /// Like 90s, 15m, 2h, 3d or 1d12h
        #[arg(long)]
        forward: Option<String>,
    },
    /// Gives SOL for fees, or with --asset tokens: `airdrop lender 10 --asset USDC`
    Airdrop {
        /// An actor's name or an address
        to: String,
        /// Whole ones, with decimals if need be
        amount: String,
        /// SOL, USDC or GOV tokens instead of lamports
        #[arg(long)]
        asset: Option<String>,
    },
    /// Shows what is there: clock, prices, mints, actors
    Status {
        /// As JSON: what localnet.json says, with clock and prices
        #[arg(long)]
        json: bool,
    },
    /// Forgets keys and prices of a network that has stopped
    Reset,
}

#[derive(Args)]
struct Up {
    /// Port of JSON-RPC on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 8899)]
    rpc_port: u16,
    /// Port of the web sockets [default: the one after --rpc-port]
    #[arg(long)]
    ws_port: Option<u16>,
    /// Milliseconds between blocks; mainnet has 200
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(10..))]
    slot_time_ms: u64,
}

impl Default for Up {
    fn default() -> Self {
        Self {
            rpc_port: 8899,
            ws_port: None,
            slot_time_ms: 200,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<()> {
    match cli.command.unwrap_or(Command::Up(Up::default())) {
        Command::Up(up) => serve(cli.dir, &up).await,
        Command::Price {
            asset,
            dollars,
            ema,
            conf,
        } => {
            let quote = Quote::parse(&dollars, ema.as_deref(), conf.as_deref())?;
            let network = Network::open(&cli.dir)?;
            let now = network.set_quote(&asset, quote).await?;
            println!("{}", text::quote(Asset::named(&asset)?.symbol, &quote));
            println!("{}", text::clock(now));
            Ok(())
        }
        Command::Time { forward } => {
            let network = Network::open(&cli.dir)?;
            let now = match forward {
                Some(span) => network.forward(text::parse_span(&span)?).await?,
                None => network.now().await?,
            };
            println!("{}", text::clock(now));
            Ok(())
        }
        Command::Airdrop { to, amount, asset } => {
            let network = Network::open(&cli.dir)?;
            let address = network.address(&to)?;
            match asset {
                None => network.airdrop(&address, parse_units(&amount, 9)?).await?,
                Some(symbol) => {
                    let asset = Asset::named(&symbol)?;
                    let atoms = parse_units(&amount, u32::from(asset.decimals))?;
                    network.give(&address, &symbol, atoms).await?;
                }
            }
            println!("{address} has got {amount}");
            Ok(())
        }
        Command::Status { json } => {
            let network = Network::open(&cli.dir)?;
            let now = network.now().await?;
            let quotes = network.quotes().await?;
            if json {
                println!("{}", text::json(&network, now, &quotes)?);
            } else {
                print!("{}", text::table(&network, now, &quotes));
            }
            Ok(())
        }
        Command::Reset => network::reset(&cli.dir),
    }
}

/// Runs a network in the foreground.
async fn serve(dir: PathBuf, up: &Up) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let options = Options {
        dir: Some(dir),
        chain: Settings {
            rpc_port: up.rpc_port,
            ws_port: up.ws_port,
            slot_time_ms: up.slot_time_ms,
        },
        progress,
        ..Options::from_env()?
    };
    let mut net = tokio::select! {
        net = Localnet::start(options) => net?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    clear_line();
    let quotes = net.quotes().await?;
    print!("{}", text::table(&net, net.now().await?, &quotes));
    print!("{}", text::next_steps(&net));
    std::io::stdout().flush()?;
    tokio::select! {
        ended = net.ended() => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

/// One line that is written over on a terminal, and one line each elsewhere.
fn progress(what: &str) {
    if std::io::stderr().is_terminal() {
        clear_line();
        eprint!("{what} …");
    } else {
        eprintln!("{what}");
    }
}

fn clear_line() {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[2K");
    }
}
