//! What the pool knows about questions and answers.

use serde::Deserialize as _;
use serde_json::{json, Value};
use solana_account_decoder_client_types::UiAccount;
use solana_rpc_client_api::request::RpcRequest;

/// The slot that an answer is about.
pub(super) fn slot_of(request: RpcRequest, answer: &Value) -> Option<u64> {
    match request {
        RpcRequest::GetSlot => answer.as_u64(),
        _ => answer.get("context")?.get("slot")?.as_u64(),
    }
}

/// Whether every account in an answer can be decoded. `RpcClient` takes that for
/// granted and panics where it is not so.
pub(super) fn is_readable(request: RpcRequest, answer: &Value) -> bool {
    let Some(value) = answer.get("value") else {
        return true;
    };
    let is_account = |account: &Value| {
        let account = Option::<UiAccount>::deserialize(account);
        account.is_ok_and(|account| account.is_none_or(|found| found.to_account().is_some()))
    };
    match request {
        RpcRequest::GetAccountInfo => is_account(value),
        RpcRequest::GetMultipleAccounts => {
            let accounts = value.as_array();
            accounts.is_some_and(|accounts| accounts.iter().all(is_account))
        }
        _ => true,
    }
}

/// Position of the options among the parameters of reads that take
/// `minContextSlot`.
const fn options_of(request: RpcRequest) -> Option<usize> {
    match request {
        RpcRequest::GetLatestBlockhash | RpcRequest::GetBlockHeight | RpcRequest::GetSlot => {
            Some(0)
        }
        RpcRequest::GetAccountInfo
        | RpcRequest::GetBalance
        | RpcRequest::GetMultipleAccounts
        | RpcRequest::GetProgramAccounts
        | RpcRequest::SimulateTransaction => Some(1),
        _ => None,
    }
}

/// The parameters, with the slot that the answer must not be older than.
pub(super) fn with_floor(request: RpcRequest, mut params: Value, floor: Option<u64>) -> Value {
    let (Some(floor), Some(index)) = (floor, options_of(request)) else {
        return params;
    };
    if params.is_null() {
        params = json!([]);
    }
    if let Some(list) = params.as_array_mut() {
        if list.len() == index {
            list.push(json!({}));
        }
        let options = list.get_mut(index).and_then(Value::as_object_mut);
        if let Some(options) = options {
            options.insert("minContextSlot".to_owned(), json!(floor));
        }
    }
    params
}
