export const DOCTOR_USAGE = `Usage: vram-residency doctor [--json]

Reports the platform, Node, which digest engine runs, each backend, its devices with all that is known about them,
what the policy vram_only says about each device, and what to do about each problem. Rules over allocations are not
judged: nothing is allocated.

  --json   one JSON document on standard output

Example:
  vram-residency doctor --json | jq '.problems'

Environment variables: none.
Exit codes: 0 the report was made, whatever it says; 2 usage; 1 unexpected failure. Whether a device can be used
is "usable_devices" of the JSON document.
`;
