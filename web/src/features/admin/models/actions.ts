import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useToast } from "@/components/toast";

import { ALL } from "./queries";

/** Something done here: `said` once it is, and all of the screen made fresh, also where it failed. */
export function useAct<Given>(
  act: (given: Given) => Promise<unknown>,
  said: string,
  onDone?: () => void,
) {
  const say = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => {
      say(said);
      onDone?.();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ALL }),
  });
}
