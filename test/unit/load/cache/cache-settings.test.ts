import { describe, it } from "vitest";
import { readCacheSettings, readSize } from "../../../../src/load/cache/cache-settings.ts";

describe("[cache] of config.toml", () => {
  it("R110 R111: says what the cache is called and how large it may be", ({ expect }) => {
    const text = '[registry]\ndefault = "x"\n[cache]\ndir = "~/.raya/cache"\nmax_size = "10GB"\n';
    expect(readCacheSettings(text)).toEqual({ dir: "~/.raya/cache", maxSize: 10_000_000_000 });
    expect(readCacheSettings("")).toEqual({});
  });

  it("R111: reads sizes as people write them", ({ expect }) => {
    const sizes = {
      "10GB": 1e10,
      "512 MiB": 512 * 2 ** 20,
      "1.5kb": 1500,
      "2TiB": 2 * 2 ** 40,
      "7": 7,
      "7B": 7,
      "0": 0,
    };
    for (const [text, bytes] of Object.entries(sizes)) expect(readSize(text, "f", "k")).toBe(bytes);
    expect(readSize(1024, "f", "k")).toBe(1024);
  });

  it("says what cannot be used, and where it stands", ({ expect }) => {
    for (const size of ['"much"', "-1", '"10XB"', '""', "true", '"1 0GB"'])
      expect(() => readCacheSettings(`[cache]\nmax_size = ${size}`)).toThrow(/"cache.max_size" in config.toml/);
    expect(() => readCacheSettings("[cache]\ndir = 1")).toThrow(/"cache.dir" in config.toml cannot be used/);
    expect(() => readCacheSettings("cache = 1")).toThrow(/not a table/);
  });
});
