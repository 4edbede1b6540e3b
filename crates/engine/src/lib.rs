#![no_std]
//! Placeholder while the workspace resolves.
