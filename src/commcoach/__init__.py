"""commcoach: a communication coach for civil servants."""
