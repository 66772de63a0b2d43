package app

import "context"

// Healthy is what /healthz would answer.
func (a *App) Healthy(ctx context.Context) bool {
	for _, c := range a.health(ctx).Checks {
		if !c.OK {
			return false
		}
	}
	return true
}
