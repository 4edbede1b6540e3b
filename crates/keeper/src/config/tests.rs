//! Layers and complaints.

// The closures of figment's jail return its large error.
#![allow(clippy::result_large_err)]

use figment::Jail;

use super::{load, Config, Inherited, RunArgs};

const MARKET: &str = "So11111111111111111111111111111111111111112";

fn complete() -> RunArgs {
    RunArgs {
        endpoints: vec!["http://127.0.0.1:8899".to_owned()],
        inherited: Inherited {
            market: Some(MARKET.to_owned()),
            keypair: Some("key.json".into()),
            ..Inherited::default()
        },
        ..RunArgs::default()
    }
}

fn complaint(args: &RunArgs) -> String {
    let config = load(args).and_then(Config::try_from);
    format!("{:#}", config.unwrap_err())
}

#[test]
fn flags_go_before_variables_and_variables_before_the_file() {
    Jail::expect_with(|jail| {
        jail.create_file(
            "keeper.toml",
            r#"
                market = "from the file"
                keypair = "from the file"
                [watch]
                poll_ms = 111
                reconcile_secs = 11
                [log]
                filter = "error"
            "#,
        )?;
        jail.set_env("BACKSTOP_KEEPER_FILE", "keeper.toml");
        jail.set_env("BACKSTOP_KEEPER_WATCH__POLL_MS", "222");
        jail.set_env("BACKSTOP_KEEPER_LOG__FILTER", "warn");
        jail.set_env("BACKSTOP_KEEPER_RPC__ENDPOINTS", r#"["http://variable"]"#);
        let args = RunArgs {
            log_filter: Some("debug".to_owned()),
            inherited: Inherited {
                default_keypair: Some("of the machine".into()),
                default_url: Some("http://of-the-machine".to_owned()),
                ..Inherited::default()
            },
            ..RunArgs::default()
        };
        let settings = load(&args).unwrap();
        assert_eq!(settings.watch.reconcile_secs, 11, "the file");
        assert_eq!(settings.market, "from the file");
        assert_eq!(settings.keypair.to_str(), Some("from the file"));
        assert_eq!(settings.watch.poll_ms, 222, "the variable");
        assert_eq!(settings.rpc.endpoints, ["http://variable"]);
        assert_eq!(settings.log.filter, "debug", "the flag");
        assert_eq!(settings.rpc.timeout_ms, 5_000, "the default");
        Ok(())
    });
}

#[test]
fn what_the_machine_says_holds_where_nobody_says_more() {
    Jail::expect_with(|_| {
        let mut args = RunArgs::default();
        args.inherited.default_url = Some("http://of-the-machine".to_owned());
        assert_eq!(
            load(&args).unwrap().rpc.endpoints,
            ["http://of-the-machine"]
        );
        args.inherited.url = Some("http://of-the-flag".to_owned());
        assert_eq!(load(&args).unwrap().rpc.endpoints, ["http://of-the-flag"]);
        Ok(())
    });
}

#[test]
fn a_setting_that_does_not_exist_is_named() {
    Jail::expect_with(|jail| {
        jail.create_file("keeper.toml", "[watch]\npol_ms = 5\n")?;
        let args = RunArgs {
            file: Some("keeper.toml".into()),
            ..complete()
        };
        assert!(complaint(&args).contains("pol_ms"));
        jail.create_file("keeper.toml", "[watch]\npoll_ms = \"soon\"\n")?;
        assert!(complaint(&args).contains("watch.poll_ms"));
        Ok(())
    });
}

#[test]
fn every_wrong_setting_is_named_at_once() {
    Jail::expect_with(|jail| {
        jail.create_file(
            "keeper.toml",
            r#"
                market = "nowhere"
                [rpc]
                endpoints = ["ftp://x"]
                commitment = "maybe"
                [oracle.accounts]
                "0123" = "So11111111111111111111111111111111111111112"
                [tasks]
                liquidat = true
                [fees]
                percentile = 101
                min_price = 2
                max_price = 1
                [http]
                listen = "nine"
                [log]
                format = "xml"
            "#,
        )?;
        let args = RunArgs {
            file: Some("keeper.toml".into()),
            ..RunArgs::default()
        };
        let complaint = complaint(&args);
        for name in [
            "market",
            "keypair",
            "rpc.endpoints",
            "rpc.commitment",
            "oracle.accounts.0123",
            "tasks.liquidat",
            "fees.percentile",
            "fees.min_price",
            "http.listen",
            "log.format",
        ] {
            assert!(
                complaint.contains(&format!("  {name}: ")),
                "{name}: {complaint}"
            );
        }
        Ok(())
    });
}

#[test]
fn only_the_named_tasks_are_done() {
    Jail::expect_with(|_| {
        use crate::decide::{Task, Tasks};
        let args = RunArgs {
            only_tasks: vec!["cover".to_owned()],
            ..complete()
        };
        let config = Config::try_from(load(&args).unwrap()).unwrap();
        assert_eq!(config.policy.tasks, Tasks::NONE.with(Task::Cover));
        Ok(())
    });
}

#[test]
fn the_example_names_every_setting_with_its_default() {
    Jail::expect_with(|jail| {
        let example = include_str!("../../../../examples/keeper.toml");
        jail.create_file("keeper.toml", example)?;
        let from_file = load(&RunArgs {
            file: Some("keeper.toml".into()),
            ..RunArgs::default()
        });
        let mut said = serde_json::to_value(from_file.unwrap()).unwrap();
        let mut defaults = serde_json::to_value(super::Settings::default()).unwrap();
        // What has no default, and what is an example of a list.
        for settings in [&mut said, &mut defaults] {
            for (section, key) in [
                ("rpc", "endpoints"),
                ("rpc", "web_sockets"),
                ("limits", "mints"),
            ] {
                settings[section][key].take();
            }
            for key in ["market", "keypair", "tasks"] {
                settings[key].take();
            }
            settings["run"]["kill_switch"].take();
        }
        assert_eq!(said, defaults);
        let named = |key: &str| {
            example.lines().any(|line| {
                let line = line.trim_start_matches("# ");
                line.split(" = ").next() == Some(key)
            })
        };
        for (section, settings) in defaults.as_object().unwrap() {
            for key in settings
                .as_object()
                .into_iter()
                .flat_map(|keys| keys.keys())
            {
                assert!(
                    named(key) || example.contains(&format!("[{section}.{key}")),
                    "{key}"
                );
            }
        }
        Ok(())
    });
}
