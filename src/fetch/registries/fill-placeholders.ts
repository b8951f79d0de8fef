import { type Placeholders, settingError, type SettingPlace } from "./settings-builder.ts";

/** npm's own expression: `\${NAME}` stays as it is, `${NAME?}` may be missing. */
const PLACEHOLDER = /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g;

/**
 * Puts values in the place of `${NAME}`; nothing but `values` is looked at.
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID, which names the placeholder, where `values` lacks it
 */
export function fillPlaceholders(text: string, values: Placeholders, place: SettingPlace): string {
  return text.replace(PLACEHOLDER, (whole: string, slashes: string, name: string, optional?: string) => {
    if (slashes.length % 2 === 1) return whole.slice((slashes.length + 1) / 2);
    const value = Object.hasOwn(values, name) ? values[name] : optional && "";
    if (value !== undefined) return slashes.slice(slashes.length / 2) + value;
    const hint = `give its value with the settings, or write \${${name}?} where it may be missing`;
    throw settingError(place, `nothing says what \${${name}} is`, hint);
  });
}
