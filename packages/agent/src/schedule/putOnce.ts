import { ObjectExistsError, type Store } from "../store/Store.js";

/** Writes a record that nobody else has written. False where somebody has; our own bytes mean that only the answer of an earlier try was lost. */
export async function putOnce(store: Store, key: string, text: string): Promise<boolean> {
  try {
    await store.putDocument(key, text);
    return true;
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    return (await store.readDocument(key)) === text;
  }
}
