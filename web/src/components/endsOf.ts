/** What a new password ends, as the API asks for it. */
export function endsOf(chosen: readonly string[]) {
  return { end_sign_ins: chosen.includes("end_sign_ins"), end_keys: chosen.includes("end_keys") };
}
