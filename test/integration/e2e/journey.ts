export async function runJourney(): Promise<[]> {
  return [];
}
