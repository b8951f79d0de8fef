// Writes public/examples/fibonacci.wasm. Run it with node after changing it: node web-demo/build/make-fibonacci-wasm.js
import { writeFileSync } from "node:fs";

const I32 = 0x7f;
const section = (id, ...bytes) => [id, bytes.length, ...bytes];
const name = [...new TextEncoder().encode("fibonacci")];

// let a = 0, b = 1; while (n != 0) { [a, b] = [b, a + b]; n -= 1 } return a
const body = [
  1,
  2,
  I32, // locals: 1 = a, 2 = b, both i32
  0x41,
  1,
  0x21,
  2, // b = 1
  0x02,
  0x40,
  0x03,
  0x40, // block, loop
  0x20,
  0,
  0x45,
  0x0d,
  1, // leave the block when n is 0
  0x20,
  2,
  0x20,
  1,
  0x20,
  2,
  0x6a, // push b, push a + b
  0x21,
  2,
  0x21,
  1, // b = a + b, a = the old b
  0x20,
  0,
  0x41,
  1,
  0x6b,
  0x21,
  0, // n -= 1
  0x0c,
  0,
  0x0b,
  0x0b, // repeat, end loop, end block
  0x20,
  1,
  0x0b, // return a
];

const bytes = Uint8Array.from([
  0x00,
  0x61,
  0x73,
  0x6d,
  1,
  0,
  0,
  0, // magic, version
  ...section(1, 1, 0x60, 1, I32, 1, I32), // type: (i32) -> i32
  ...section(3, 1, 0), // one function of that type
  ...section(7, 1, name.length, ...name, 0, 0), // exported as "fibonacci"
  ...section(10, 1, body.length, ...body), // its code
]);

writeFileSync(new URL("../public/examples/fibonacci.wasm", import.meta.url), bytes);
console.log(`fibonacci.wasm, ${bytes.length} bytes`);
