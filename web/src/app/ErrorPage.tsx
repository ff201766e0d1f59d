import { useRouter } from "@tanstack/react-router";

import { Failure } from "@/components/Notice";

/** What a page shows that could not be made ready. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return <Failure error={error} retry={again} />;
}
