// What `anchor migrate` runs: `module.exports = async (provider) => …`. It also
// runs alone, with an RPC address as its argument: see migrations/README.md.
//
// It changes nothing and signs nothing. It reads the program id from the source,
// asks the cluster whether that program is there, says who can replace it, and
// names the next step.

const fs = require("fs");
const path = require("path");

const UPGRADEABLE_LOADER = "BPFLoaderUpgradeab1e11111111111111111111111";
const DEFAULT_RPC = "http://127.0.0.1:8899";
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

type Account = { owner: string; executable: boolean; data: [string, string] };

/** The id that the program is compiled for. */
function declaredId(): string {
  const file = path.join(__dirname, "../programs/backstop/src/lib.rs");
  const found = /^declare_id!\("(\w+)"\);/m.exec(fs.readFileSync(file, "utf8"));
  if (!found) throw new Error("programs/backstop/src/lib.rs declares no id");
  return found[1];
}

/** Text of a 32-byte address. */
function base58(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  if (zeros === -1) return "1".repeat(bytes.length);
  let number = BigInt("0x" + Buffer.from(bytes).toString("hex"));
  let text = "";
  for (; number > BigInt(0); number /= BigInt(58)) {
    text = ALPHABET[Number(number % BigInt(58))] + text;
  }
  return "1".repeat(zeros) + text;
}

async function account(rpc: string, address: string): Promise<Account | null> {
  const response = await fetch(rpc, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "getAccountInfo",
      // The headers of both accounts are shorter; the bytecode is not wanted.
      params: [address, { encoding: "base64", dataSlice: { offset: 0, length: 64 } }],
    }),
  }).catch(() => {
    throw new Error(`${rpc} does not answer`);
  });
  if (!response.ok) throw new Error(`${rpc} answers ${response.status}`);
  const answer: any = await response.json();
  if (answer.error) throw new Error(`${rpc}: ${answer.error.message}`);
  return answer.result.value;
}

/** Who may replace the program; `null` if nobody can. */
async function upgradeAuthority(rpc: string, program: Account): Promise<string | null> {
  // Program: tag 2 (u32), then the address of its data account.
  const header = Buffer.from(program.data[0], "base64");
  const dataAddress = base58(header.subarray(4, 36));
  const data = await account(rpc, dataAddress);
  if (header.readUInt32LE(0) !== 2 || !data) throw new Error("the program was closed");
  // ProgramData: tag 3 (u32), slot (u64), then an optional address.
  const bytes = Buffer.from(data.data[0], "base64");
  if (bytes.readUInt32LE(0) !== 3) throw new Error("the program was closed");
  return bytes[12] === 1 ? base58(bytes.subarray(13, 45)) : null;
}

async function check(rpc: string): Promise<void> {
  const id = declaredId();
  console.log(`cluster  ${rpc}`);
  console.log(`program  ${id}`);
  const program = await account(rpc, id);
  if (!program) {
    throw new Error(`${id} is not deployed here: migrations/001-deploy.md, steps 1 to 4`);
  }
  if (!program.executable || program.owner !== UPGRADEABLE_LOADER) {
    throw new Error(`${id} is not an upgradeable program, but an account of ${program.owner}`);
  }
  const authority = await upgradeAuthority(rpc, program);
  console.log(`upgrades ${authority ?? "by nobody: the program is final"}`);
  console.log("The program is there. Next: a market and its banks, migrations/001-deploy.md, step 5.");
}

module.exports = async (provider: { connection: { rpcEndpoint: string } }) => {
  // The command that calls this does not wait for it and would report success.
  await check(provider.connection.rpcEndpoint).catch(fail);
};

function fail(error: Error): void {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

if (require.main === module) {
  check(process.argv[2] ?? DEFAULT_RPC).catch(fail);
}
