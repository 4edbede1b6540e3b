//! The loop's end, and what it holds back.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use backstop_engine::units::Atoms;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use tokio::{net::TcpListener, sync::watch};

use super::Keeper;
use crate::{
    config::{load, Config, Inherited, RunArgs},
    decide::{Key, Task},
    http::Health,
    send::Outcome,
};

/// A keeper whose only endpoint accepts connections and never answers.
async fn keeper(stop: Duration) -> (Keeper, TcpListener) {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let args = RunArgs {
        endpoints: vec![format!("http://{}", silent.local_addr().unwrap())],
        inherited: Inherited {
            market: Some(Pubkey::new_from_array([7; 32]).to_string()),
            keypair: Some("unused".into()),
            ..Inherited::default()
        },
        ..RunArgs::default()
    };
    let mut config = Config::try_from(load(&args).unwrap()).unwrap();
    config.pool.timeout = Duration::from_secs(60);
    config.run.stop = stop;
    let health = Arc::new(Health::default());
    let keeper = Keeper::new(config, Keypair::new(), health).await.unwrap();
    (keeper, silent)
}

fn key(number: u8) -> Key {
    Key::of_bank(Task::Cover, Pubkey::new_from_array([number; 32]))
}

#[tokio::test]
async fn a_stop_does_not_wait_for_an_endpoint_that_is_silent() {
    let (mut keeper, _silent) = keeper(Duration::from_secs(60)).await;
    let (stop, stopped) = watch::channel(false);
    let start = Instant::now();
    let following = async { keeper.follow(stopped).await };
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.send(true).unwrap();
    };
    let (summary, ()) = tokio::join!(following, stopping);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(summary.rounds, 0);
}

#[tokio::test]
async fn what_is_under_way_may_end_and_is_abandoned_at_the_bound() {
    let (mut keeper, _silent) = keeper(Duration::from_millis(600)).await;
    for (number, time) in [(1, 100), (2, 3_600_000)] {
        keeper.in_flight.spawn(async move {
            tokio::time::sleep(Duration::from_millis(time)).await;
            (key(number), Outcome::Landed)
        });
    }
    let (_stop, stopped) = watch::channel(true);
    let start = Instant::now();
    let summary = keeper.follow(stopped).await;
    assert_eq!(summary.done, 1);
    assert!(start.elapsed() >= Duration::from_millis(600));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_is_being_spent_is_not_there_to_spend() {
    let (mut keeper, _silent) = keeper(Duration::ZERO).await;
    let mint = Pubkey::new_from_array([3; 32]);
    keeper.wallet.own.wallet.insert(mint, Atoms(100));
    keeper.spending.insert(key(1), (mint, Atoms(60)));
    keeper.spending.insert(key(2), (mint, Atoms(60)));
    assert_eq!(keeper.own().wallet[&mint], Atoms(0));
    keeper.finish(Ok((key(1), Outcome::Stale)));
    assert_eq!(keeper.own().wallet[&mint], Atoms(40));
    keeper.finish(Ok((key(2), Outcome::Landed)));
    assert_eq!(keeper.own().wallet[&mint], Atoms(100));
}
