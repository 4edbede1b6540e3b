//! The market file: one TOML file that says what a market and its banks are to
//! be. `examples/README.md` documents the schema.
//!
//! Reading it is strict and needs no chain: unknown keys, wrong units and
//! missing settings are errors with a line. Whole tokens become atoms in
//! [`MarketFile::resolve`], once the decimals of the mints are known.

pub mod fields;
mod rate;
mod read;
mod resolve;
mod scale;
mod settings;
mod source;
mod spans;
pub mod units;

use std::path::Path;

use backstop_client::{addresses::MarketKeys, oracle::OracleMap};
use solana_pubkey::Pubkey;

pub use resolve::{Creation, Desired, DesiredBank, Mints};
pub use settings::Settings;
pub use source::{FileError, Variables};

use self::{
    read::Section,
    source::Source,
    units::{address, Unit, Written},
};
use backstop_client::program::state::{BankConfig, MarketConfig};

/// The only version of the schema so far.
pub const VERSION: u32 = 1;

/// SPL Token.
const TOKEN: Pubkey = spl_token_interface::ID;
/// Token-2022.
const TOKEN_2022: Pubkey = solana_pubkey::pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// Where the governance mint comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Governance {
    /// It exists; its authority signs once and gives it up for good.
    Adopt {
        /// The mint.
        mint: Pubkey,
    },
    /// The program creates it.
    Create {
        /// Which of the creator's mints.
        index: u16,
        /// Its decimals.
        decimals: u8,
        /// Supply at the start.
        initial_supply: Written,
        /// The line of it.
        supply_line: usize,
        /// Who gets it; the admin if nobody is named.
        supply_owner: Option<Pubkey>,
        /// SPL Token or Token-2022.
        token_program: Pubkey,
        /// The market's admin when it was created; its address depends on it.
        creator: Option<Pubkey>,
    },
}

/// One `[[bank]]`.
#[derive(Clone, Debug)]
pub struct BankSection {
    /// What people call it on the command line.
    pub name: String,
    /// Its asset.
    pub mint: Pubkey,
    /// Its settings.
    pub settings: Settings<BankConfig>,
    /// The line of the section.
    pub line: usize,
}

/// A market file.
#[derive(Clone, Debug)]
pub struct MarketFile {
    /// What it is called in errors.
    pub name: String,
    /// The market's admin; the signer if nobody is named.
    pub admin: Option<Pubkey>,
    /// The governance mint.
    pub governance: Governance,
    /// Settings of the market.
    pub market: Settings<MarketConfig>,
    /// The banks.
    pub banks: Vec<BankSection>,
    /// Price accounts other than the sponsored ones.
    pub oracles: OracleMap,
}

impl MarketFile {
    /// Reads a file; variables come from the environment.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| FileError {
            file: name.clone(),
            line: 0,
            message: format!("cannot be read: {error}"),
        })?;
        Self::parse(&name, &text, &|variable| std::env::var(variable).ok())
    }

    /// Reads a text.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(name: &str, text: &str, variables: Variables<'_>) -> Result<Self, FileError> {
        let source = Source {
            name,
            text,
            variables,
        };
        let document = source.parse()?;
        let mut root = Section::new(source, "the file", document.span(), document.get_ref());
        let version = root.require("version")?;
        if version.integer::<u32>()? != VERSION {
            return Err(version.error(format!("this program reads version {VERSION}")));
        }
        let mut oracles = OracleMap::default();
        let mut section = root.require("market")?.table("[market]")?;
        let admin = optional_address(&mut section, "admin")?;
        let market_oracle = optional_address(&mut section, "oracle_account")?;
        let market = Settings::read(&mut section, &fields::MARKET)?;
        section.finish()?;
        let market = market.complete(&section, &fields::MARKET, None)?;
        if let (Some(account), Some(feed)) = (market_oracle, market.feed("feed_id")) {
            oracles.insert(feed, account);
        }
        let governance = governance(root.require("governance")?.table("[governance]")?)?;

        let defaults = match root.take("defaults") {
            Some(entry) => {
                let mut section = entry.table("[defaults]")?;
                let settings = Settings::read(&mut section, &fields::BANK)?;
                section.finish()?;
                Some(settings)
            }
            None => None,
        };
        let mut banks = Vec::new();
        let sections = match root.take("bank") {
            Some(entry) => entry.tables("[[bank]]")?,
            None => Vec::new(),
        };
        root.finish()?;
        for section in sections {
            banks.push(bank(section, defaults.as_ref(), &banks, &mut oracles)?);
        }
        Ok(Self {
            name: name.to_owned(),
            admin,
            governance,
            market,
            banks,
            oracles,
        })
    }

    /// Addresses of the market, if `signer` is who the file leaves open.
    #[must_use]
    pub fn keys(&self, signer: &Pubkey, adopted_program: Pubkey) -> MarketKeys {
        let admin = self.admin.unwrap_or(*signer);
        let (mint, token_program) = match &self.governance {
            Governance::Adopt { mint } => (*mint, adopted_program),
            Governance::Create {
                index,
                token_program,
                creator,
                ..
            } => (
                MarketKeys::created_mint(&creator.unwrap_or(admin), *index),
                *token_program,
            ),
        };
        let oracle = self
            .market
            .price_source()
            .map(|(receiver, feed)| self.oracles.account(&receiver, &feed));
        MarketKeys::new(mint, token_program, oracle)
    }

    /// Names the admin of a file that leaves him open, without moving the
    /// market, whose address may rest on `signer`.
    pub fn settle_admin(&mut self, admin: Pubkey, signer: Pubkey) {
        self.admin = Some(admin);
        if let Governance::Create { creator, .. } = &mut self.governance {
            creator.get_or_insert(signer);
        }
    }

    /// The bank that people call `name`.
    #[must_use]
    pub fn bank(&self, name: &str) -> Option<&BankSection> {
        self.banks.iter().find(|bank| bank.name == name)
    }
}

fn optional_address(
    section: &mut Section<'_>,
    key: &'static str,
) -> Result<Option<Pubkey>, FileError> {
    section
        .take(key)
        .map(|entry| entry.parsed(address))
        .transpose()
}

fn governance(mut section: Section<'_>) -> Result<Governance, FileError> {
    let mint = optional_address(&mut section, "mint")?;
    let create = section.take("create");
    match (mint, create) {
        (Some(mint), None) => {
            section.finish()?;
            Ok(Governance::Adopt { mint })
        }
        (None, Some(entry)) => {
            section.finish()?;
            created(entry.table("[governance.create]")?)
        }
        _ => Err(section.error(
            "name either an existing `mint`, or a [governance.create] section, and not both",
        )),
    }
}

fn created(mut section: Section<'_>) -> Result<Governance, FileError> {
    let supply = section.require("initial_supply")?;
    let decimals = section.require("decimals")?;
    let count = decimals.integer::<u8>()?;
    if count > backstop_engine::price::MAX_DECIMALS {
        return Err(decimals.error("the program takes at most 18 decimals"));
    }
    let token_program = match section.take("token_program") {
        None => TOKEN,
        Some(entry) => entry.parsed(|text| match text {
            "token" => Ok(TOKEN),
            "token-2022" => Ok(TOKEN_2022),
            _ => Err(format!("`{text}`: write token or token-2022")),
        })?,
    };
    let index = match section.take("index") {
        None => 0,
        Some(entry) => entry.integer()?,
    };
    let governance = Governance::Create {
        index,
        decimals: count,
        initial_supply: supply.setting(Unit::Governance)?,
        supply_line: supply.line(),
        supply_owner: optional_address(&mut section, "supply_owner")?,
        token_program,
        creator: optional_address(&mut section, "creator")?,
    };
    section.finish()?;
    Ok(governance)
}

fn bank(
    mut section: Section<'_>,
    defaults: Option<&Settings<BankConfig>>,
    others: &[BankSection],
    oracles: &mut OracleMap,
) -> Result<BankSection, FileError> {
    let entry = section.require("name")?;
    let name = entry.string()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(plain) || name == "all" {
        return Err(entry.error("a name is made of letters, digits, `-` and `_`, and is not `all`"));
    }
    if others.iter().any(|other| other.name == name) {
        return Err(entry.error(format!("two banks are called {name}")));
    }
    section.rename(format!("[[bank]] {name}"));
    let line = entry.line();
    let entry = section.require("mint")?;
    let mint = entry.parsed(address)?;
    if let Some(other) = others.iter().find(|other| other.mint == mint) {
        return Err(entry.error(format!("{} has the same mint", other.name)));
    }
    let oracle = optional_address(&mut section, "oracle_account")?;
    let settings = Settings::read(&mut section, &fields::BANK)?;
    section.finish()?;
    let settings = settings.complete(&section, &fields::BANK, defaults)?;
    if let (Some(account), Some(feed)) = (oracle, settings.feed("feed_id")) {
        oracles.insert(feed, account);
    }
    Ok(BankSection {
        name,
        mint,
        settings,
        line,
    })
}
