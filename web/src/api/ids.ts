/** Whether something, of an address perhaps, is an id as the server makes them. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f-]{36}$/.test(value);
}
