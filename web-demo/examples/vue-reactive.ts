import type { Example } from "./example.ts";

export const vueReactive: Example = {
  id: "vue-reactive",
  title: "Vue reactive",
  description: "ref, computed, an in-page template",
  entry: "/main.ts",
  files: {
    "/main.ts": `import { createApp, ref, computed } from "vue@3/dist/vue.esm-browser.prod.js";

createApp({
  setup() {
    const text = ref("Nothing runs before it is verified.");
    const words = computed(() => text.value.split(/\\s+/).filter(Boolean));
    const longest = computed(() => words.value.reduce((a, b) => (b.length > a.length ? b : a), ""));
    return { text, words, longest };
  },
  template: \`
    <main style="max-width: 34rem; margin: 12vh auto; display: grid; gap: 1.25rem">
      <label for="text" style="opacity: .6">Type something</label>
      <textarea id="text" v-model="text" rows="3" style="font: inherit; padding: .75rem; border-radius: 8px"></textarea>
      <p style="font-size: 2.5rem; font-weight: 600; letter-spacing: -.03em; margin: 0">
        {{ words.length }} {{ words.length === 1 ? "word" : "words" }}
      </p>
      <p style="margin: 0; opacity: .6">
        {{ text.length }} characters, the longest word is <b>{{ longest }}</b>
      </p>
    </main>
  \`,
}).mount("#root");
`,
  },
};
