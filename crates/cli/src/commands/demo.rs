//! `backstop demo`: the story that `cargo xtask demo` plays.

use crate::{
    args::Demo,
    failure::{Exit, Failure},
};

/// Plays it; it prints by itself.
pub fn play(args: Demo, json: bool) -> Result<(), Failure> {
    if let Some(program) = &args.program {
        // Nothing else runs yet that could read the environment meanwhile.
        std::env::set_var("BACKSTOP_SO", program);
    }
    backstop_demo::run(&args.story, json).map_err(|reason| {
        Failure::new(Exit::Other, reason).hint(
            "the story needs the program's bytecode: `cargo xtask build` makes it, --program or \
             BACKSTOP_SO names it",
        )
    })
}
