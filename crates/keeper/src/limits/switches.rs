//! What stops the keeper from sending.

use crate::decide::{Task, Tasks};

/// Why nothing of a task is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The stop file is there.
    #[error("the stop file is there: remove it to go on")]
    ByFile,
    /// Everything is switched off.
    #[error("sending is switched off")]
    Globally,
    /// This task is switched off.
    #[error("the task {} is switched off", .0.name())]
    ForTask(Task),
}

/// Kill switches. Whoever sends asks them last, after everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// Whether anything is sent.
    pub is_on: bool,
    /// Which tasks may send.
    pub tasks: Tasks,
}

impl Switches {
    /// Passes if a transaction of `task` may be sent now.
    ///
    /// # Errors
    /// [`Stopped`] with what stops it; the file comes first.
    pub fn require(&self, task: Task, stop_file_is_there: bool) -> Result<(), Stopped> {
        if stop_file_is_there {
            Err(Stopped::ByFile)
        } else if !self.is_on {
            Err(Stopped::Globally)
        } else if !self.tasks.contains(task) {
            Err(Stopped::ForTask(task))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_one_switch_stops() {
        let on = Switches {
            is_on: true,
            tasks: Tasks::all(),
        };
        for task in Task::ALL {
            assert_eq!(on.require(task, false), Ok(()));
            assert_eq!(on.require(task, true), Err(Stopped::ByFile));
            let off = Switches { is_on: false, ..on };
            assert_eq!(off.require(task, false), Err(Stopped::Globally));
            let without = Switches {
                tasks: Tasks::all().without(task),
                ..on
            };
            assert_eq!(without.require(task, false), Err(Stopped::ForTask(task)));
        }
    }
}
