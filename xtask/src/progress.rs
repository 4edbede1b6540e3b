//! Says what is going on, how long it should take and how long it took.
//! Everything goes to standard error.

use std::{
    io::IsTerminal,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

const HEARTBEAT: Duration = Duration::from_secs(30);

/// A numbered list of steps: `[2/6] compiling sbpf-linker (about 2 min)`.
pub struct Steps {
    total: usize,
    current: usize,
}

impl Steps {
    /// A list of `total` steps, of which none has begun.
    pub fn new(total: usize) -> Self {
        Self { total, current: 0 }
    }

    /// How many steps have ended well, when each was the last to be run.
    pub fn completed(&self) -> usize {
        self.current
    }

    /// Announces a step, does it, and says how long it took.
    pub fn run<T>(
        &mut self,
        what: &str,
        estimate: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.current += 1;
        eprintln!("[{}/{}] {what} ({estimate})", self.current, self.total);
        let started = Instant::now();
        let result = with_heartbeat(started, work).with_context(|| format!("{what}: failed"))?;
        eprintln!("      done in {}", human(started.elapsed()));
        Ok(result)
    }

    /// Counts a step whose result is there already, in silence.
    pub fn skip(&mut self) {
        self.current += 1;
    }
}

/// Shows life every half minute. Not on a terminal, where cargo draws its own
/// progress bar in the same place.
fn with_heartbeat<T>(started: Instant, work: impl FnOnce() -> T) -> T {
    if std::io::stderr().is_terminal() {
        return work();
    }
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = wait.recv_timeout(HEARTBEAT) {
                eprintln!("      … still at it after {}", human(started.elapsed()));
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// `4.2 s`, `21 s`, `3 min 30 s`.
pub fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 10 {
        format!("{:.1} s", duration.as_secs_f64())
    } else if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_speech() {
        assert_eq!(human(Duration::from_millis(4_240)), "4.2 s");
        assert_eq!(human(Duration::from_secs(21)), "21 s");
        assert_eq!(human(Duration::from_secs(210)), "3 min 30 s");
    }

    #[test]
    fn a_failing_step_names_itself() {
        let error = Steps::new(1)
            .run("reading the moon", "a night", || -> Result<()> {
                anyhow::bail!("clouds")
            })
            .unwrap_err();
        assert_eq!(format!("{error:#}"), "reading the moon: failed: clouds");
    }
}
